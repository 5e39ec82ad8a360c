"""How a target program stands for an applicant: ruled out, or what speaks for and against it.

Told only from what is there: the program's own columns as the applicant found them, its fill in
the Matches that were imported, the published scores of those who matched. No sum, no weight, no
chance of matching; every sign is told in words.
"""

from dataclasses import dataclass
from enum import StrEnum

from matchatlas.applicant import Applicant
from matchatlas.road.targets import TargetProgram

# The guide: such a share of IMGs among the residents says that a program knows the way.
IMG_PERCENT = 15


class Name(StrEnum):
    """The standings, in the order they are shown."""

    AGAINST = "Something speaks against it"
    OPEN = "Signs both ways, or something to find out"
    CLEAR = "Nothing known against it"
    NOT_KNOWN = "Nothing known of it yet"
    RULED_OUT = "Cannot take you"


MEANING = {
    Name.AGAINST: "of what you entered and what is published, nothing speaks for it",
    Name.OPEN: "not enough to lean either way",
    Name.CLEAR: "visa and score cutoff are no obstacle, and a sign speaks for it; no promise",
    Name.NOT_KNOWN: "enter its score cutoff or its share of IMG residents, and it is judged",
    Name.RULED_OUT: "its visas or its score cutoff, as you entered them, rule you out",
}


@dataclass(frozen=True)
class Record:
    """A program in past Matches: in how many of them, from first to last, positions were unfilled."""

    first: int
    last: int
    matches: int
    unfilled: int


@dataclass(frozen=True)
class Scores:
    """Published quartiles of Step 2 CK of the matched of one applicant type and specialty."""

    applicant_type: str
    specialty: str
    edition: int
    q1: float
    q3: float


@dataclass(frozen=True)
class Standing:
    """A program's standing; stops, the signs for and against, and what is still to find out."""

    name: Name
    stops: tuple[str, ...]
    signs: tuple[str, ...]
    unknown: tuple[str, ...]


def standing(
    program: TargetProgram, applicant: Applicant, record: Record | None = None, scores: Scores | None = None
) -> Standing:
    """How a program stands for an applicant; see the module's text and `MEANING`.

    record: its fill in past Matches; scores: of the applicant's type and the program's specialty;
    either None where the tables have none.
    """
    stops, unknown = _gates(program, applicant)
    signs = [*_img_sign(program, applicant), *_record_sign(record), *_score_sign(applicant.step2_ck, scores)]
    for_it = any(direction > 0 for direction, _ in signs)
    against = any(direction < 0 for direction, _ in signs)
    if stops:
        name = Name.RULED_OUT
    elif program.img_percent is None and program.score_cutoff is None and record is None:
        name = Name.NOT_KNOWN
    elif against and not for_it:
        name = Name.AGAINST
    elif for_it and not against and not unknown:
        name = Name.CLEAR
    else:
        name = Name.OPEN
    return Standing(name, tuple(stops), tuple(words for _, words in signs), tuple(unknown))


def _gates(program: TargetProgram, applicant: Applicant) -> tuple[list[str], list[str]]:
    """Hard stops, and what is not known of visa and score cutoff."""
    stops, unknown = [], []
    need = applicant.visa_need
    if need is None and applicant.applicant_type == "Non-US IMG":
        unknown.append("which visa you need (your profile)")
    elif need in ("J-1", "H-1B"):
        if program.visas is None:
            unknown.append(f"whether it sponsors the {need} visa")
        elif need not in program.visas:
            stops.append(f"does not sponsor your visa ({need}; it sponsors {program.visas})")
    if program.score_cutoff is None:
        unknown.append("its score cutoff")
    elif applicant.step2_ck is None:
        unknown.append("your Step 2 CK (your profile)")
    elif applicant.step2_ck < program.score_cutoff:
        stops.append(
            f"your Step 2 CK of {applicant.step2_ck} is below its score cutoff of {program.score_cutoff}"
        )
    return stops, unknown


def _img_sign(program: TargetProgram, applicant: Applicant) -> list[tuple[int, str]]:
    if program.img_percent is None or not applicant.applicant_type.endswith("IMG"):
        return []
    direction = 1 if program.img_percent >= IMG_PERCENT else -1
    return [
        (
            direction,
            f"{program.img_percent} % of its residents are IMGs (the guide looks for "
            f"{IMG_PERCENT} % or more)",
        )
    ]


def _record_sign(record: Record | None) -> list[tuple[int, str]]:
    if record is None:
        return []
    years = f"{record.first} to {record.last}" if record.last > record.first else f"{record.last}"
    if record.unfilled:
        return [(1, f"it left positions unfilled in {record.unfilled} of {record.matches} Matches ({years})")]
    return [(0, f"it filled every position in {record.matches} of {record.matches} Matches ({years})")]


def _score_sign(step2_ck: int | None, scores: Scores | None) -> list[tuple[int, str]]:
    if step2_ck is None or scores is None:
        return []
    group = f"{scores.applicant_type}s who matched in {scores.specialty} ({scores.edition})"
    if step2_ck < scores.q1:
        return [(-1, f"three of four {group} had {scores.q1:.0f} or more, you {step2_ck}")]
    if step2_ck > scores.q3:
        return [(1, f"three of four {group} had {scores.q3:.0f} or less, you {step2_ck}")]
    return [(0, f"your {step2_ck} is among the middle half of {group}")]
