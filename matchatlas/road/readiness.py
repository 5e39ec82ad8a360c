"""Readiness: pillar by pillar, what a profile has, and what is still to do by the guide's advice.

There is no total score: no publication weighs the pillars against each other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from matchatlas.applicant import Applicant
from matchatlas.road.milestones import GUIDE_LETTERS, GUIDE_USCE_MONTHS, with_needs
from matchatlas.road.roadmap import told
from matchatlas.road.season import Stage, implied

THERE, PARTLY, TO_DO = "there", "partly there", "still to do"
BELOW = "below the guide's advice"
BELOW_MEAN, LOW = "below the mean of those who matched", "below most of those who matched"
NOTHING = "nothing published to compare it with"
NONE, UNKNOWN = "none", "not in your profile yet"
# Where a competitive Step 2 CK score begins for an IMG: the guide gives two figures each.
GUIDE_STEP2 = (245, 250)
GUIDE_STEP2_HIGH = (255, 260)  # surgery, dermatology


@dataclass(frozen=True)
class Check:
    """One thing a pillar rests on: what, how it stands (THERE to UNKNOWN), and the detail or ""."""

    what: str
    state: str
    detail: str = ""


@dataclass(frozen=True)
class Matched:
    """Step 2 CK of those of an applicant's own group who matched: edition, mean, lower quartile."""

    edition: int
    mean: float
    q1: float | None = None


@dataclass(frozen=True)
class Pillar:
    """One pillar: its checks, the guide's advice retold, and the survey factors that speak of it."""

    name: str
    checks: tuple[Check, ...]
    advice: str
    factors: tuple[str, ...] = ()


def pillars(
    applicant: Applicant,
    done: Collection[str],
    programs: int,
    matched: Matched | None = None,
    stage: Stage | None = None,
) -> list[Pillar]:
    """Every pillar of the applicant's case.

    done: milestones ticked on the roadmap; programs: length of the target list; matched: those of
    the applicant's type and specialty who matched, None where nothing is published; stage: where the
    applicant stands in the season, which shows milestones as done. International
    graduates are held against the guide's advice for them; others against their own group, and they
    need no ECFMG certification and no U.S. clinical experience beyond their school's.
    """
    finished = with_needs({*done, *implied(applicant, stage)})
    common = [
        _scores(applicant, finished, matched),
        _letters(applicant, finished),
        _statement(finished),
        _applications(finished, programs),
    ]
    if not applicant.is_img:
        return common
    return [_certification(applicant, finished), common[0], _experience(applicant), *common[1:]]


def _ticked(what: str, code: str, finished: Collection[str]) -> Check:
    if code in finished:
        return Check(what, THERE, "by your roadmap")
    return Check(what, TO_DO, "or tick it on your roadmap")


def _certification(applicant: Applicant, finished: Collection[str]) -> Pillar:
    if applicant.ecfmg_certified or "certification" in finished:
        checks: tuple[Check, ...] = (Check("ECFMG certification", THERE, "certified"),)
    else:
        expected = applicant.ecfmg_expected
        detail = f"expected {told(expected)}" if expected else "no date in your profile yet"
        checks = (
            _ticked("Account and credentials", "account", finished),
            _ticked("Clinical and communication skills", "skills", finished),
            Check("ECFMG certification", PARTLY if expected else TO_DO, detail),
        )
    return Pillar(
        "Certification",
        checks,
        "Begin with ECFMG: schools answer slowly. You may apply and interview uncertified, but your "
        "rank order list counts only if you are certified by its deadline.",
    )


def _scores(applicant: Applicant, finished: Collection[str], matched: Matched | None) -> Pillar:
    passed = applicant.step1_first_attempt_pass
    if passed is None:
        step1 = (
            Check("Step 1", PARTLY, "passed, by your roadmap; at which attempt is not in your profile")
            if "step1" in finished
            else Check("Step 1", UNKNOWN, "whether passed at the first attempt")
        )
    else:
        step1 = (
            Check("Step 1", THERE, "passed at the first attempt")
            if passed
            else Check("Step 1", BELOW, "not passed at the first attempt")
        )
    advice = (
        "Step 1 has no score any more; pass it the first time, since a failure is hard to explain. "
        "Step 2 CK is the score that is compared."
    )
    if applicant.is_img:
        advice += (
            f" For IMGs the guide begins “competitive” at {GUIDE_STEP2[0]} in one place and at "
            f"{GUIDE_STEP2[1]} in another, and at {GUIDE_STEP2_HIGH[0]} or {GUIDE_STEP2_HIGH[1]} for "
            "the most sought-after specialties (surgery, dermatology)."
        )
    factors = (
        "USMLE Step 1 score",
        "USMLE Step 2 CK score",
        "Any failed attempt in USMLE",
        "Grades in clerkship in the specialty",
        "Grades in required clerkships",
        "Class ranking/quartile",
        "Consistency of grades",
    )
    return Pillar("Scores", (step1, _step2(applicant, matched)), advice, factors)


def _step2(applicant: Applicant, matched: Matched | None) -> Check:
    score = applicant.step2_ck
    if score is None:
        return Check("Step 2 CK", UNKNOWN)
    if not applicant.is_img:
        return _beside_own_group(applicant, score, matched)
    sought = "Surgery" in applicant.specialty or applicant.specialty == "Dermatology"
    low, high = GUIDE_STEP2_HIGH if sought else GUIDE_STEP2
    if score >= high:
        return Check("Step 2 CK", THERE, f"{score}: at or above both of the guide's {low} and {high}")
    if score >= low:
        return Check("Step 2 CK", PARTLY, f"{score}: between the guide's {low} and {high}")
    return Check(
        "Step 2 CK", BELOW, f"{score}: {low - score} below the lower of the guide's {low} and {high}"
    )


def _beside_own_group(applicant: Applicant, score: int, matched: Matched | None) -> Check:
    who = f"{applicant.applicant_type}s"
    if matched is None:
        return Check("Step 2 CK", NOTHING, f"{score}; {who} who matched in {applicant.specialty}")
    group = f"{who} who matched in {applicant.specialty} ({matched.edition})"
    if score >= matched.mean:
        return Check("Step 2 CK", THERE, f"{score}: at or above the mean of {group}, {matched.mean:.0f}")
    if matched.q1 is not None and score < matched.q1:
        return Check("Step 2 CK", LOW, f"{score}: three of four {group} had {matched.q1:.0f} or more")
    return Check("Step 2 CK", BELOW_MEAN, f"{score}: the mean of {group} is {matched.mean:.0f}")


def _experience(applicant: Applicant) -> Pillar:
    tiers = (
        ("Electives (hands-on)", applicant.usce_elective_months),
        ("Externships (hands-on)", applicant.usce_externship_months),
        ("Observerships (watching)", applicant.usce_observership_months),
    )
    hands_on = sum(months or 0 for _, months in tiers[:2])
    lacking = GUIDE_USCE_MONTHS - hands_on
    if lacking <= 0:
        total = Check("Hands-on in all", THERE, _months(hands_on))
    elif all(months is None for _, months in tiers):
        total = Check("Hands-on in all", UNKNOWN)
    else:
        total = Check(
            "Hands-on in all",
            PARTLY if hands_on else BELOW,
            f"{_months(hands_on)}: {_months(lacking)} short of the guide's {GUIDE_USCE_MONTHS}",
        )
    by_tier = (
        Check(
            what, THERE if months else UNKNOWN if months is None else NONE, _months(months) if months else ""
        )
        for what, months in tiers
    )
    return Pillar(
        "Clinical experience",
        (total, *by_tier),
        f"About {GUIDE_USCE_MONTHS} months in the U.S., recent and hands-on. Electives weigh more "
        "than externships, and both more than observerships, where you only watch. One tier is "
        "enough: nobody needs all three.",
        ("Audition elective or rotation in the department", "Personal prior knowledge of the applicant"),
    )


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


def _letters(applicant: Applicant, finished: Collection[str]) -> Pillar:
    letters = applicant.us_letters
    if letters is None:
        check = (
            _ticked("Letters from U.S. physicians", "letters", finished)
            if "letters" in finished
            else Check("Letters from U.S. physicians", UNKNOWN)
        )
    else:
        state = THERE if letters >= GUIDE_LETTERS else PARTLY if letters else TO_DO
        check = Check("Letters from U.S. physicians", state, f"{letters} of three to four")
    return Pillar(
        "Letters",
        (check,),
        "Three or four, from U.S. physicians of your specialty who saw you work and tell of cases. "
        "Ask near the end of a rotation, whether the letter would be a strong one.",
        ("Letters of recommendation in the specialty",),
    )


def _statement(finished: Collection[str]) -> Pillar:
    return Pillar(
        "Statement",
        (_ticked("Personal statement", "statement", finished),),
        "Why this specialty, what brought you to the U.S., and what a team gains by you.",
        (
            "Personal statement",
            "Perceived commitment to specialty",
            "Perceived interest in program",
            "Leadership qualities",
            "Volunteer/extracurricular experiences",
            "Other life experience",
            "Having overcome significant obstacles",
            "Diversity characteristics",
        ),
    )


def _applications(finished: Collection[str], programs: int) -> Pillar:
    if programs:
        target = Check("Target list", THERE, f"{programs} programs")
    else:
        target = Check("Target list", TO_DO, "no programs on it yet")
    return Pillar(
        "Applications",
        (
            target,
            _ticked("ERAS application filled in", "form", finished),
            _ticked("ERAS application submitted", "submission", finished),
        ),
        "Choose programs that can take you: visa first, then how many of their residents are IMGs, "
        "then their score cutoff. Precision, not volume; and not one error in the application.",
        (
            "Medical Student Performance Evaluation",
            "Evidence of professionalism and ethics",
            "Accreditation status of medical school",
            "Flagged for an NRMP Match violation",
        ),
    )
