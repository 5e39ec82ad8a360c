"""The published tables that the estimator is fitted to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import Protocol

import pandas as pd


class Published(Protocol):
    """Who answers for the published figures, as far as a model needs them; each frame with its
    source_id. The floors above know who that is."""

    def table(self, name: str, /) -> pd.DataFrame: ...
    def score_and_rank_bands(self) -> pd.DataFrame: ...
    def fills(self) -> pd.DataFrame: ...
    def first_choice(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class EstimatorTables:
    """The published tables a model is fitted to.

    figures: edition, applicant_type, specialty, outcome, measure, n, min, q1, median, q3, max, mean,
    sd, source_id of groups; outcome_bands: people counted by band; applicants_ranking: matched among
    all who ranked a specialty; passing_standards: exam, passing_score, valid_from, source_id.
    """

    preferred_outcomes: pd.DataFrame
    one_specialty_outcomes: pd.DataFrame
    figures: pd.DataFrame
    outcome_bands: pd.DataFrame
    applicants: pd.DataFrame
    applicants_ranking: pd.DataFrame
    rank_lengths: pd.DataFrame
    fills: pd.DataFrame
    first_choice: pd.DataFrame
    passing_standards: pd.DataFrame

    @classmethod
    def of(cls, published: Published) -> EstimatorTables:
        """The tables, as whoever answers for the published figures gives them."""
        return cls(
            preferred_outcomes=published.table("preferred_outcomes"),
            one_specialty_outcomes=published.table("one_specialty_outcomes"),
            figures=published.table("outcome_figures"),
            outcome_bands=published.score_and_rank_bands(),
            applicants=published.table("applicants"),
            applicants_ranking=published.table("applicants_ranking"),
            rank_lengths=published.table("rank_lengths"),
            fills=published.fills(),
            first_choice=published.first_choice(),
            passing_standards=published.table("usmle_passing_standards"),
        )

    def checksums(self) -> dict[str, str]:
        """Twelve hex digits for each table, blind to the order of its rows."""
        sums = {}
        for entry in fields(self):
            lines = sorted(getattr(self, entry.name).to_csv(index=False, header=False).splitlines())
            sums[entry.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
        return sums


def passing_standard(tables: EstimatorTables) -> tuple[pd.Series, pd.Series] | None:
    """The passing standards of Step 2 CK that a score is held against.

    Parameters
    ----------
    tables : EstimatorTables
        passing_standards alone is read.

    Returns
    -------
    tuple of two Series, or None
        The lowest known standard and the one that holds now; None where none is known.
    """
    known = tables.passing_standards
    known = known[known["exam"] == "Step 2 CK"].sort_values("valid_from", na_position="first")
    if known.empty:
        return None
    return known.sort_values("passing_score", kind="stable").iloc[0], known.iloc[-1]
