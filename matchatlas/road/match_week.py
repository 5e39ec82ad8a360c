"""When a Match goes wrong: what can have happened, the days of Match Week, what to have ready, and
what is published of applying again. Pure.

Who is partially matched and what that binds to: NRMP's help pages for applicants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.road.milestones import MATCH_WEEK
from matchatlas.road.official import OfficialDate

NOT_MATCHED, PARTLY, NO_OFFER, AGAIN = (
    "Not matched on Monday of Match Week",
    "Matched in part: a year is missing",
    "No position in SOAP either",
    "Applying again after an earlier Match",
)
BRANCHES = (NOT_MATCHED, PARTLY, NO_OFFER, AGAIN)
FIRST_YEAR, LATER_YEARS = "the first year (PGY-1)", "the years after it (advanced, PGY-2)"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
# What studies asked that bears on a second application, and what directors look at then.
STUDIED = ("number of earlier match attempts", "persistence after ECFMG certification")
LOOKED_AT = (
    "Any failed attempt in USMLE",
    "Continuous medical education without gaps",
    "Personal prior knowledge of the applicant",
)


@dataclass(frozen=True)
class Task:
    """One thing to have ready; code names it among what the plan holds as done, and never changes."""

    code: str
    what: str


FOR_SOAP = (
    Task("soap_statement", "A personal statement that serves more than one specialty"),
    Task("soap_letters", "Letters that are not addressed to one specialty"),
    Task("soap_places", "The specialties and states you would take, in order, before the list is open"),
    Task("soap_telephone", "A quiet place and a telephone from Monday to Thursday"),
    Task("soap_reader", "Somebody who reads with you: a dean's office, a mentor, a tutor"),
)
FOR_AGAIN = (
    Task("again_read", "Your own application read with somebody who knows what programs look at"),
    Task("again_letters", "Letters of this year, from people who saw you work since"),
    Task("again_work", "Clinical work or research in the year between, so that no gap stands in it"),
    Task("again_list", "A target list of programs that can take you, and perhaps a second specialty"),
    Task("again_statement", "A statement that says what changed since"),
)


def week(schedule: pd.DataFrame, dates: Mapping[str, OfficialDate]) -> pd.DataFrame:
    """The steps of Match Week in order: day (date, None where no calendar tells the week), weekday,
    time_et (missing where not published), step, who, source_id.

    schedule: the mart match_week_schedule; dates: of the Match, see `official_dates`.
    """
    steps = schedule.assign(place=schedule["day_of_match_week"].map(DAYS.index))
    steps = steps.sort_values(["place", "time_et"], na_position="last").rename(
        columns={"day_of_match_week": "weekday"}
    )
    begins = dates.get(MATCH_WEEK)
    monday = begins.day - timedelta(begins.day.weekday()) if begins else None
    steps["day"] = [monday + timedelta(place) if monday else None for place in steps["place"]]
    return steps[["day", "weekday", "time_et", "step", "who", "source_id"]].reset_index(drop=True)


def left_open(levels: pd.DataFrame, missing: str) -> pd.DataFrame:
    """Positions that the algorithm left open, of the kind that is missing, each specialty's of the
    last of the two newest Matches that tells it: match_year, specialty, open, source_id, most first.

    levels: the mart positions_by_specialty_level; missing: FIRST_YEAR or LATER_YEARS.
    """
    if missing == LATER_YEARS:
        kind = levels["level"] == "PGY-2 advanced"
    else:
        kind = (levels["level"] == "PGY-1 preliminary") | (levels["specialty"] == "Transitional Year")
    rows = levels[kind & (levels["match_year"] >= levels["match_year"].max() - 1)]
    rows = rows.sort_values("match_year").groupby("specialty").tail(1)
    rows = rows.assign(open=rows["positions_offered"] - rows["positions_filled"])
    rows = rows[rows["open"] > 0].sort_values("open", ascending=False)
    return rows[["match_year", "specialty", "open", "source_id"]].reset_index(drop=True)


def applying_again(
    applicant: Applicant,
    effects: pd.DataFrame,
    directors: pd.DataFrame,
    rates: pd.DataFrame,
    visas: pd.DataFrame,
) -> pd.DataFrame:
    """What is published that bears on a second application: sentence, source_id.

    effects, directors, visas: the marts published_effects, program_directors, visa_facts; rates: the
    catalog's match rates.
    """
    studied = effects[effects["factor"].isin(STUDIED) & applicant.is_img]  # of IMGs alone
    found = [
        (
            f"{row.factor[0].upper()}{row.factor[1:]}: "
            + row.effect.replace("OR not read", "how much was not read")
            + f" ({row.population}; {row.setting}).",
            row.source_id,
        )
        for row in studied.itertuples()
    ]
    graduates = applicant.applicant_type.replace("Senior", "Graduate")
    own = rates[(rates["applicant_type"] == graduates) & rates["active"].notna()].tail(1)
    if not applicant.is_img:
        found += [
            (
                f"Earlier graduates, first time or again: {100 * row.match_rate:.1f} % of {row.active:,} "
                f"active {graduates}s matched to a PGY-1 position in {row.match_year}.",
                row.source_id,
            )
            for row in own.itertuples()
        ]
    asked = directors[
        directors["factor"].isin(LOOKED_AT)
        & directors["specialty"].isin(["All specialties", applicant.specialty])
        & (directors["unit"] == "percent")
    ]
    asked = asked.sort_values("survey_year").groupby("factor").tail(1)
    found += [
        (
            f"{row.factor}: {row.value:.0f} % of program directors look at it to choose whom they "
            f"interview ({row.specialty}, {row.survey_year}).",
            row.source_id,
        )
        for row in asked.itertuples()
    ]
    if applicant.applicant_type == "Non-US IMG" and applicant.visa_need != "J-1":
        steps = visas[(visas["subject"] == "H-1B") & visas["measure"].str.contains("Step 3")]
        found += [(f"{row.measure}.", row.source_id) for row in steps.itertuples()]
    return pd.DataFrame(found, columns=["sentence", "source_id"])
