"""What the tables call applicant types, specialties and states."""

import pandas as pd

from etl.dimensions import Names
from matchatlas.catalog.queries import Queries, kept


class Dimensions(Queries):
    """The names by which figures are asked for."""

    @kept
    def applicant_types(self) -> pd.DataFrame:
        """The six applicant types in display order: applicant_type, meaning."""
        return self._query(
            "SELECT applicant_type, meaning FROM applicant_type WHERE kind = 'type' ORDER BY position"
        )

    @kept
    def specialties(self) -> pd.DataFrame:
        """specialty, family of every specialty, totals left out."""
        return self._query(
            "SELECT specialty, family FROM specialty WHERE family <> 'Total' ORDER BY specialty"
        )

    def names(self) -> dict[str, Names]:
        """The names of specialties, applicant types and states, by these kinds, in every form in
        which they are printed or written; those that are sums are left out."""
        rows = self._query(
            """SELECT dimension, printed, name FROM printed_name
               WHERE dimension = 'state'
                  OR name IN (SELECT specialty FROM specialty WHERE family <> 'Total')
                  OR name IN (SELECT applicant_type FROM applicant_type WHERE kind = 'type')"""
        )
        return {
            kind: Names(dict(zip(those["printed"], those["name"], strict=True)))
            for kind, those in rows.groupby("dimension")
        }
