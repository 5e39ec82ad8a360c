"""What the what-if page lays out, apart from the page itself."""

from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import Model, NoEstimate
from matchatlas.odds.terms import band_values


class Published(Protocol):
    """Who answers for the published figures that stand beside an estimate."""

    def table(self, name: str, /) -> pd.DataFrame: ...
    def match_rates(self) -> pd.DataFrame: ...
    def fills(self) -> pd.DataFrame: ...
    def outcomes(self) -> pd.DataFrame: ...


def over_specialties(model: Model, applicant: Applicant) -> pd.DataFrame:
    """The profile in every specialty its type has an estimate for, before interviews: a list of one
    specialty says nothing of another.

    Returns specialty, rate, low, high (shares), matched, total (published counts), source_id.
    """
    specialties = model.specialties(applicant.applicant_type)
    if not specialties:
        raise NoEstimate(f"no specialty of {applicant.applicant_type}s can be estimated")
    rates = model.rates([applicant.model_copy(update={"specialty": name}) for name in specialties], "before")
    cells = [model.base(applicant.applicant_type, name) for name in specialties]
    return pd.DataFrame(
        {
            "specialty": specialties,
            "rate": rates["center"],
            "low": rates["low"],
            "high": rates["high"],
            "matched": [cell.matched for cell in cells],
            "total": [cell.n for cell in cells],
            "source_id": [cell.source_ids[0] for cell in cells],
        }
    )


def published_bands(published: Published, applicant_type: str, specialty: str, measure: str) -> pd.DataFrame:
    """Matched by band as counted since 2020: value, rate (share), n, edition; empty where nobody did."""
    bands = published.table("outcome_bands")
    own = bands[
        (bands["applicant_type"] == applicant_type)
        & (bands["specialty"] == specialty)
        & (bands["measure"] == measure)
        & (bands["edition"] >= "2020")
        & (bands["total"] >= 5)
    ]
    if own.empty:
        return pd.DataFrame(columns=["value", "rate", "n", "edition"])
    values, _ = band_values(measure, own)
    return pd.DataFrame(
        {"value": values.round(), "rate": own["match_rate"], "n": own["total"], "edition": own["edition"]}
    )


@dataclass(frozen=True)
class Fact:
    """A published fact as a sentence, and its publication's id ("" where nothing is published)."""

    sentence: str
    source_id: str = ""


def matched_anywhere(published: Published, applicant_type: str) -> Fact | None:
    """How many of a type matched to any PGY-1 position in the last Match that has the figure."""
    rates = published.match_rates()
    rates = rates[(rates["applicant_type"] == applicant_type) & rates["match_rate"].notna()]
    if rates.empty:
        return None
    last = rates.iloc[-1]
    return Fact(
        f"{100 * last['match_rate']:.1f} % of {applicant_type}s matched to any PGY-1 "
        f"position in {last['match_year']}.",
        last["source_id"],
    )


def nearest_facts(published: Published, applicant_type: str, specialty: str) -> list[Fact]:
    """Published facts near a type and specialty that cannot be estimated."""
    facts = [fact] if (fact := matched_anywhere(published, applicant_type)) else []
    fills = published.fills()
    fills = fills[(fills["specialty"] == specialty) & (fills["applicant_type"] == applicant_type)]
    if len(fills):
        last = fills.iloc[-1]
        facts.append(
            Fact(
                f"{applicant_type}s filled {last['filled_by_type']:,} of "
                f"{last['filled_total']:,} {specialty} positions in {last['match_year']}; "
                "how many applied is not published.",
                last["source_id"],
            )
        )
    others = published.outcomes()
    others = others[others["specialty"] == specialty].groupby("applicant_type").tail(1)
    facts += [
        Fact(
            f"{row.applicant_type}s: {row.matched:,} of {row.total:,} in {row.year} "
            f"({row.measure[0].lower() + row.measure[1:]}).",
            row.source_id,
        )
        for row in others.itertuples()
    ]
    return facts or [Fact(f"None about {specialty} and {applicant_type}s.")]
