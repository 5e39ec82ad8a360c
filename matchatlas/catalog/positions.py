"""The positions: offered and filled, by whom, and how many wanted them."""

import pandas as pd

from matchatlas.catalog.queries import Queries, kept


class Positions(Queries):
    """Positions by Match, specialty and applicant type."""

    @kept
    def totals(self) -> pd.DataFrame:
        """Totals of every Match: positions, filled, applicants, programs."""
        return self._query("SELECT * EXCLUDE (file, line) FROM totals ORDER BY match_year")

    @kept
    def positions(self) -> pd.DataFrame:
        """Positions offered and filled by Match, specialty and scope (what is counted together)."""
        return self._query(
            """SELECT match_year, specialty, scope, programs, offered, filled,
                      filled / nullif(offered, 0) AS fill_rate, filled_us_md_senior, filled_us_do_senior,
                      filled_us_img, filled_non_us_img, applicants_total, trust, source_id
               FROM positions WHERE specialty <> 'All specialties'
               ORDER BY match_year, specialty, scope"""
        )

    @kept
    def fills(self) -> pd.DataFrame:
        """Positions filled by each applicant type, all levels and tracks together, by specialty.

        share is the type's share of all positions filled (0 to 1): no match rate.
        """
        return self._query(
            """SELECT match_year, specialty, applicant_type, filled_by_type, filled_total,
                      filled_by_type / nullif(filled_total, 0) AS share, source_id
               FROM fills JOIN applicant_type USING (applicant_type)
               WHERE scope = 'all levels and tracks'
               ORDER BY match_year, specialty, position"""
        )

    @kept
    def first_choice(self) -> pd.DataFrame:
        """Applicants whose first or only choice a specialty was, beside its positions."""
        return self._query(
            """SELECT match_year, specialty, applicants, offered,
                      applicants / nullif(offered, 0) AS applicants_per_position, source_id
               FROM first_choice ORDER BY match_year, specialty"""
        )

    @kept
    def matches(self) -> pd.DataFrame:
        """PGY-1 matches of U.S. MD and DO applicants by Match and specialty."""
        return self._query("SELECT * EXCLUDE (file, line) FROM matches ORDER BY match_year, specialty")

    @kept
    def img_friendliness(self) -> pd.DataFrame:
        """IMGs' share of positions filled beside non-US IMGs' own match rate, by specialty.

        img_share: of the positions filled, all levels and tracks, latest year (fills_year), by IMGs of
        both kinds; us_filled and non_us_filled, non_us_share: each kind apart.
        matched, total: non-US IMGs and their preferred specialty, latest edition (rate_year).
        Either side may be missing.
        """
        return self._query(
            """WITH share AS (
                   SELECT match_year AS fills_year, specialty, sum(filled_by_type) AS img_filled,
                          any_value(filled_total) AS filled_total,
                          sum(filled_by_type) / nullif(any_value(filled_total), 0) AS img_share,
                          sum(filled_by_type) FILTER (applicant_type = 'US IMG') AS us_filled,
                          sum(filled_by_type) FILTER (applicant_type = 'Non-US IMG') AS non_us_filled,
                          sum(filled_by_type) FILTER (applicant_type = 'Non-US IMG')
                              / nullif(any_value(filled_total), 0) AS non_us_share,
                          any_value(source_id) AS source_id
                   FROM fills
                   WHERE scope = 'all levels and tracks' AND applicant_type IN ('US IMG', 'Non-US IMG')
                         AND match_year = (SELECT max(match_year) FROM fills
                                           WHERE scope = 'all levels and tracks')
                   GROUP BY match_year, specialty
               ), rate AS (
                   SELECT edition AS rate_year, specialty, matched, total, source_id AS rate_source_id
                   FROM preferred_outcomes
                   WHERE applicant_type = 'Non-US IMG' AND cohort = 'all active'
                         AND edition = (SELECT max(edition) FROM preferred_outcomes
                                        WHERE applicant_type = 'Non-US IMG' AND cohort = 'all active')
               )
               SELECT * FROM share FULL JOIN rate USING (specialty) ORDER BY specialty"""
        )

    @kept
    def residents(self) -> pd.DataFrame:
        """AAMC's active residents by specialty and group, with how far the row is trusted."""
        return self._query(
            "SELECT * EXCLUDE (file, line) FROM residents ORDER BY year, specialty, resident_group"
        )

    @kept
    def breaks(self, concerned: str) -> pd.DataFrame:
        """Changes of rules and definitions that make years before and after unlike, in one kind of
        series ("rates", "positions", "SOAP"): match_year, change, meaning, source_id."""
        return self._query(
            """SELECT match_year, change, meaning, source_id FROM definition_change
               WHERE list_contains(string_split(concerns, ', '), $1)
               UNION ALL SELECT year, change, meaning, source_id FROM rule_changes
               WHERE concerns = $1 AND year IS NOT NULL ORDER BY match_year, change""",
            concerned,
        )
