"""A plan in a link: whole on arrival, and harmless whatever became of it on its way."""

import zlib
from base64 import urlsafe_b64encode
from hashlib import sha512

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.applicant import Applicant
from matchatlas.plan import Plan, open_file
from matchatlas.plan_file import PlanError
from matchatlas.plan_link import LONGEST, LONGEST_QR, packed, unpacked
from matchatlas.road.targets import TargetProgram

PERSON = Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=245)


def plan(programs: int) -> Plan:
    made = (
        TargetProgram(program=f"Hospital {n * 7919}", specialty="Internal Medicine", notes=f"asked {n**3}")
        for n in range(programs)
    )
    return Plan(id="a" * 32, applicant=PERSON, programs=tuple(made))


@pytest.mark.parametrize("programs", [0, 1, 60])
def test_a_plan_comes_out_of_its_link_whole(programs):
    text = packed(plan(programs))
    assert open_file(unpacked(text)).plan == plan(programs)
    assert text.replace("-", "").replace("_", "").isalnum(), "no messenger changes it"


def test_sixty_programs_fit_a_qr_code_and_long_notes_no_link():
    assert len(packed(plan(60))) < LONGEST_QR - 200
    notes = {f"card {n}": sha512(bytes([n])).hexdigest() * 2 for n in range(100)}
    assert len(packed(plan(0).model_copy(update={"interview_notes": notes}))) > LONGEST_QR
    long = {card: "".join(sha512(f"{card} {n}".encode()).hexdigest() for n in range(9)) for card in notes}
    assert packed(plan(0).model_copy(update={"interview_notes": long})) is None


def test_a_bomb_is_not_unpacked():
    bomb = urlsafe_b64encode(zlib.compress(b"x" * 11_000_000, 9)).decode()
    assert len(bomb) < LONGEST
    with pytest.raises(PlanError):
        unpacked(bomb)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_became_of_a_link_is_the_plan_or_told(data):
    text = packed(plan(3))
    cut = data.draw(st.integers(0, len(text)))
    other = data.draw(st.text(max_size=5))
    try:
        opened = open_file(unpacked(text[:cut] + other)).plan
    except PlanError:
        return
    assert opened == plan(3)
