"""The season: its published dates and fees."""

import pandas as pd

from matchatlas.catalog.queries import Queries, kept


class Season(Queries):
    """Dates and fees."""

    @kept
    def calendar(self) -> pd.DataFrame:
        """Published dates: match_year, event, date, time_et (Eastern time)."""
        return self._query("SELECT * EXCLUDE (file, line) FROM calendar ORDER BY date")

    @kept
    def fee_tiers(self) -> pd.DataFrame:
        """The latest season's marginal application fees: season, from_program, to_program,
        fee_usd_each; they begin anew in each specialty."""
        return self._query(
            """SELECT season, from_program, to_program, fee_usd_each, source_id FROM fees
               WHERE kind = 'residency'
                     AND season = (SELECT max(season) FROM fees WHERE kind = 'residency')
               ORDER BY from_program"""
        )
