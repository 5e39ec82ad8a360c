"""Who matched: rates by applicant type, outcomes by specialty, what the matched had."""

import pandas as pd

from matchatlas.catalog.queries import Queries, kept


class Outcomes(Queries):
    """Matched and not matched, and what they had to show."""

    @kept
    def match_rates(self) -> pd.DataFrame:
        """Matched to any PGY-1 position, by Match and applicant type (groups included).

        match_rate is a share of active applicants, 0 to 1; active and matched may be missing.
        """
        return self._query(
            """SELECT match_year, applicant_type, registered, withdrew, no_rank_list, active, matched,
                      match_rate, placed_after_soap, placement_rate, trust, source_id
               FROM applicants JOIN applicant_type USING (applicant_type)
               ORDER BY match_year, position"""
        )

    @kept
    def rank_lengths(self) -> pd.DataFrame:
        """Matched, unmatched and mean length of the rank order list, by Match and type."""
        return self._query(
            "SELECT * EXCLUDE (file, line) FROM rank_lengths ORDER BY match_year, applicant_type"
        )

    @kept
    def outcomes(self) -> pd.DataFrame:
        """Matched and unmatched by specialty, every measure there is, one row a published pair.

        measure names who is counted and what counts as a match; rows of different measures are
        different populations and are never drawn on one axis.
        """
        return self._query(
            """SELECT edition AS year, applicant_type, specialty, matched, unmatched, total,
                      source_id,
                      CASE cohort WHEN 'all active' THEN 'Preferred specialty, all active applicants'
                                  WHEN 'consented' THEN 'Preferred specialty, applicants who consented to research'
                                  ELSE 'Preferred specialty, cohort not stated' END AS measure
               FROM preferred_outcomes
               UNION ALL
               SELECT match_year, applicant_type, specialty, matched, unmatched, total, source_id,
                      'Seniors who ranked only this specialty'
               FROM one_specialty_outcomes
               WHERE specialty <> 'All specialties' AND match_year >= 2014
               ORDER BY year, applicant_type, measure, specialty"""
        )

    @kept
    def score_and_rank_bands(self) -> pd.DataFrame:
        """Outcomes counted by band of a score or of contiguous ranks, by specialty; the Step 2 score
        of the old editions under today's name."""
        return self._query(
            """SELECT * REPLACE (replace(measure, 'step2_score', 'step2_ck') AS measure)
               FROM outcome_bands
               WHERE specialty <> 'All specialties'
                     AND measure IN ('step2_score', 'step2_ck', 'contiguous_ranks')
               ORDER BY ALL"""
        )

    @kept
    def characteristics(self) -> pd.DataFrame:
        """Step 2 CK and other measures of matched and not matched applicants."""
        return self._query(
            """SELECT * EXCLUDE (file, line) FROM characteristics
               ORDER BY edition, applicant_type, specialty, measure, outcome"""
        )
