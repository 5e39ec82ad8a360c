"""What a consultation compares: scenarios of a profile, and what applying costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.plan import SCENARIOS, Scenario
from matchatlas.road.costs import application_fees

# What a scenario may change, from the least to the most that a profile may hold.
LIMITS = {
    "step2_ck": (1, 300),
    "contiguous_ranks": (1, 300),
    "research_experiences": (0, 100),
    "target_match_year": (2020, 2100),
    "years_since_graduation": (0, 60),
}
OTHER_SPECIALTIES = ("Family Medicine", "Internal Medicine")


def presets(applicant: Applicant, year: int) -> dict[str, Applicant | None]:
    """The scenarios of one click, by name; None where the profile leaves nothing to change.

    year: the Match a profile aims at that names none. A preset ends at the edge of what a profile
    may hold.
    """
    aim = applicant.target_match_year or year
    other = next(name for name in OTHER_SPECIALTIES if name != applicant.specialty)
    score, ranks, since = (applicant.step2_ck, applicant.contiguous_ranks, applicant.years_since_graduation)
    later = {"target_match_year": aim + 1}
    if since is not None:
        later["years_since_graduation"] = since + 1
    changes = {
        "A year later": later,
        "10 points more": {"step2_ck": score + 10} if score else {},
        "Twice the ranks" if ranks else "12 ranks": {"contiguous_ranks": 2 * ranks if ranks else 12},
    }
    changed = {name: applicant.model_copy(update=_within(change)) for name, change in changes.items()}
    changed[other] = applicant.model_copy(update={"specialty": other})
    return {name: made if made != applicant else None for name, made in changed.items()}


def _within(change: dict[str, int]) -> dict[str, int]:
    return {name: min(value, LIMITS[name][1]) for name, value in change.items()}


def preset_scenarios(applicant: Applicant, year: int) -> tuple[Scenario, ...]:
    """Every preset that changes the profile, as scenarios."""
    made = presets(applicant, year).items()
    return tuple(Scenario(name=name, applicant=at) for name, at in made if at)[:SCENARIOS]


def carry_over(scenarios: Sequence[Scenario], former: Applicant, present: Applicant) -> tuple[Scenario, ...]:
    """The scenarios after the profile changed: what they had in common with it, they still have."""
    changed = [name for name in Applicant.model_fields if getattr(former, name) != getattr(present, name)]
    return tuple(
        scenario.model_copy(
            update={
                "applicant": scenario.applicant.model_copy(
                    update={
                        name: getattr(present, name)
                        for name in changed
                        if getattr(scenario.applicant, name) == getattr(former, name)
                    }
                )
            }
        )
        for scenario in scenarios
    )


@dataclass(frozen=True)
class Fee:
    """What applying costs: U.S. dollars, for how many programs, by which season's tiers."""

    usd: float
    applications: int
    season: int
    source_id: str


def application_fee(tiers: pd.DataFrame, applications: int) -> Fee | None:
    """The fee for `applications` programs of one specialty; None where no tiers are published.

    tiers: season, from_program, to_program, fee_usd_each, source_id, of one season.
    """
    if tiers.empty:
        return None
    last = tiers.iloc[-1]
    usd = float(application_fees(applications, tiers))
    return Fee(usd, applications, int(last["season"]), last["source_id"])
