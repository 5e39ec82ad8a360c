"""The saved plan: what is saved opens as it was, and what is no plan says why."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchatlas.applicant import APPLICANT_TYPES, EARLIEST_DAY, LATEST_DAY, Applicant
from matchatlas.plan import VERSION, Partner, Plan, PlanError, Scenario, Tutor, read, save
from matchatlas.plan_file import LARGEST
from matchatlas.road.targets import TargetProgram
from matchatlas.text import line

PROFILE = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine", "step2_ck": 245}
PARTNER = {"applicant_type": "US IMG", "programs": [{"program": "T", "specialty": "S"}]}
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(line).filter(bool)


def maybe(low, high):
    return st.none() | st.integers(low, high)


applicants = st.builds(
    Applicant,
    applicant_type=st.sampled_from(APPLICANT_TYPES),
    specialty=words,
    step2_ck=maybe(1, 300),
    contiguous_ranks=maybe(1, 300),
    target_match_year=maybe(2020, 2100),
    step1_first_attempt_pass=st.none() | st.booleans(),
    ecfmg_expected=st.none() | st.dates(EARLIEST_DAY, LATEST_DAY),
    visa_need=st.sampled_from([None, "none", "J-1", "H-1B"]),
    us_letters=maybe(0, 20),
)
programs = st.lists(
    st.builds(
        TargetProgram,
        program=words,
        specialty=words,
        city=words,
        quota=maybe(0, 1000),
        visas=st.sampled_from([None, "J-1", "J-1 and H-1B"]),
        interviewed=st.booleans(),
        notes=words,
    ),
    max_size=3,
    unique_by=lambda program: program.label,
)
scenarios = st.lists(
    st.builds(Scenario, name=words, applicant=applicants), max_size=4, unique_by=lambda s: s.name
)


@st.composite
def plans(draw):
    targets, theirs = draw(programs), draw(programs)
    labels, other = [p.label for p in targets], [p.label for p in theirs]
    partner = Partner(applicant_type="US IMG", programs=theirs, rank_order=draw(st.permutations(other)))
    pair = st.tuples(st.sampled_from([*labels, ""]), st.sampled_from([*other, ""])).filter(any)
    return Plan(
        applicant=draw(applicants),
        client=draw(words),
        applications=draw(maybe(1, 1000)),
        scenarios=draw(scenarios),
        programs=targets,
        rank_order=draw(st.permutations(labels)),
        supplemental={label: draw(st.permutations(labels)) for label in labels[:2]},
        partner=partner,
        pairs=draw(st.lists(pair, unique=True, max_size=4)) if labels or other else (),
        interview_notes=draw(st.dictionaries(words, words, max_size=2)),
        tutor=Tutor(name=draw(words), closing_note=draw(words)),
    )


@given(plans())
@settings(max_examples=60, deadline=None)
def test_a_saved_plan_opens_as_it_was(plan):
    assert read(save(plan)) == plan


@given(plans(), st.integers(1, 200))
@settings(max_examples=40, deadline=None)
def test_a_truncated_file_is_told(plan, cut):
    with pytest.raises(PlanError, match="not a plan saved here, or it was cut short: save it again"):
        read(save(plan)[:-cut])


def test_version_1_was_the_profile_alone_and_is_migrated():
    old = json.dumps({"schema_version": 1, **PROFILE}).encode()
    migrated = read(old)
    assert migrated == Plan(applicant=Applicant(**PROFILE), id=migrated.id)
    assert len(migrated.id) == 32


def test_version_2_gets_an_identity_of_its_own_and_keeps_what_was_ticked():
    def opened(**more):
        old = {"schema_version": 2, "applicant": PROFILE, "done": ["account", "match_day"]}
        return read(json.dumps(old | more).encode())

    assert opened().done == ("account", "rank_list")
    assert opened().id == opened().id
    assert opened().id != opened(client="Amal").id


def test_version_3_knew_no_couples_and_opens_as_it_was():
    program = {"program": "P", "specialty": "S"}
    old = {
        "schema_version": 3,
        "id": "a",
        "applicant": PROFILE,
        "programs": [program],
        "rank_order": ["P · S"],
    }
    opened = read(json.dumps(old).encode())
    assert opened == Plan(
        id="a", applicant=Applicant(**PROFILE), programs=(TargetProgram(**program),), rank_order=("P · S",)
    )


def test_a_byte_order_mark_of_an_editor_does_no_harm():
    plan = Plan(applicant=Applicant(**PROFILE))
    assert read(b"\xef\xbb\xbf" + save(plan)) == plan


def refused(content) -> str:
    with pytest.raises(PlanError) as problem:
        read(content if isinstance(content, bytes) else json.dumps(content).encode())
    return str(problem.value)


def changed(**changes):
    return {"schema_version": VERSION, "applicant": PROFILE, **changes}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "This is not a plan saved here, or it was cut short: save it again."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a plan saved here, or it was cut short"),
        (b"[" * 15_000, "not a plan saved here, or it was cut short"),
        (b"[" * 100_000, "more than 25,000 parts"),
        (b'{"schema_version": ' + b"9" * 5000 + b"}", "not a plan saved here, or it was cut short"),
        (b" " * (LARGEST + 1), "The file has 1,000,001 bytes; a plan has at most 1,000,000."),
        ([1, 2], "This is not a plan saved here: it has no schema version."),
        (PROFILE, "it has no schema version"),
        (changed(schema_version="two"), "it has no schema version"),
        (changed(schema_version=2.5), "it has no schema version"),
        (changed(schema_version=True), "it has no schema version"),
        (changed(schema_version=0), "There is no version 0 of this file."),
        (
            changed(schema_version=5),
            "The file is of version 5, and this app reads up to 4: open it in a newer Match Atlas.",
        ),
        ({"schema_version": 2}, "The file breaks a rule. applicant: Field required"),
        (changed(wizard=1), "wizard: is not a field of a plan; take it out"),
        (changed(tutor={"logo": "x"}), "tutor → logo: is not a field of a plan; take it out"),
        (
            changed(applicant=PROFILE | {"step2_ck": 999}),
            "applicant → step2_ck: A Step 2 CK score "
            "(the published data cover about 200 to 285) must be a whole number from 1 to 300, not 999",
        ),
        (changed(applicant=PROFILE | {"step2_ck": 10**400}), "must be a whole number from 1 to 300"),
        (changed(applicant=PROFILE | {"step2_ck": float("nan")}), "from 1 to 300, not nan"),
        (
            changed(applicant=PROFILE | {"applicant_type": "Wizard"}),
            "applicant → applicant_type: Input should be 'US MD Senior'",
        ),
        (changed(client="x" * 121), "client: String should have at most 120 characters"),
        (changed(scenarios=[{"name": "A", "applicant": PROFILE}] * 2), "two scenarios have the same name: A"),
        (
            changed(scenarios=[{"name": n, "applicant": PROFILE} for n in "ABCDE"]),
            "scenarios: Tuple should have at most 4 items",
        ),
        (
            changed(programs=[{"program": "P", "specialty": "S"}] * 2),
            "two programs have the same name: P · S",
        ),
        (
            changed(programs=[{"program": "P", "specialty": "S"}], rank_order=["P · S", "P · S"]),
            "two ranks have the same name: P · S",
        ),
        (changed(rank_order=["Q"]), "the rank order list names a program that is not on the target list: Q"),
        (changed(supplemental={"Q": []}), "belongs to a program that is not on the target list: Q"),
        (
            changed(programs=[{"program": "P", "specialty": "S"}], supplemental={"P · S": ["Q"]}),
            "a supplemental list names a program that is not on the target list: Q",
        ),
        (changed(pairs=[["", "Q"]]), "there are pairs of a couple, and no partner"),
        (
            changed(partner=PARTNER, pairs=[["Q", ""]]),
            "a pair names a program that is not on the own list: Q",
        ),
        (
            changed(partner=PARTNER, pairs=[["", "Q"]]),
            "a pair names a program that is not on the partner's list: Q",
        ),
        (changed(partner=PARTNER, pairs=[["", ""]]), "a pair names no program at all"),
        (
            changed(partner=PARTNER, pairs=[["", "T · S"]] * 2),
            "two pairs have the same name: no match and T · S",
        ),
        (changed(partner={}), "partner → applicant_type: Field required"),
        (changed(partner=PARTNER | {"rank_order": ["Q"]}), "partner: the rank order list names a program"),
    ],
)
def test_what_is_no_plan_says_why(content, message):
    assert message in refused(content)


def test_a_message_stays_short_enough_to_read():
    assert len(refused(changed(**{"x" * 9000: 1}))) < 500
    assert len(refused(changed(applicant=PROFILE | {"step2_ck": "9" * 9000}))) < 500


def test_the_file_holds_nothing_that_is_unknown():
    kept = json.loads(save(Plan(applicant=Applicant(**PROFILE))))
    assert kept == {"schema_version": VERSION, "applicant": PROFILE}
    assert not re.search(r"null|\[\]", json.dumps(kept))


def test_marks_are_bounded_and_read_as_written():
    program = {"program": "P", "specialty": "S"}
    saved = Plan(
        applicant=Applicant(**PROFILE),
        criteria=("City",),
        programs=(
            TargetProgram(
                **program,
                status="invited",
                signal="gold",
                interview_on="2027-01-12",
                criteria={"Training": 5},
            ),
        ),
    )
    assert read(save(saved)) == saved
    assert saved.marked_by == ("City", "Training")
    many = [program | {"code": str(n), "criteria": {f"c{n}": 1}} for n in range(13)]
    assert "at most 12 criteria, not by 13" in refused(changed(programs=many))
    assert "less than or equal to 5" in refused(changed(programs=[program | {"criteria": {"City": 6}}]))
    assert "status" in refused(changed(programs=[program | {"status": "hired"}]))
