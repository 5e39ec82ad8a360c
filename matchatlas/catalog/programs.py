"""The programs one by one, and what their directors say they look at."""

import duckdb
import pandas as pd

from matchatlas.catalog.queries import Queries, kept

PROGRAM_LIST = """
    WITH every AS (
        SELECT code, count(*) AS matches, count(*) FILTER (filled < quota) AS matches_unfilled,
               min(match_year) AS first_match, list(match_year ORDER BY match_year) AS match_years,
               list(quota ORDER BY match_year) AS quotas, list(filled ORDER BY match_year) AS fills
        FROM programs WHERE quota > 0 GROUP BY code
    ), span AS (SELECT min(match_year) AS earliest, max(match_year) AS last_match FROM programs)
    SELECT state, city, institution, program, specialty, level, code, quota, filled,
           quota - filled AS unfilled, matches, matches_unfilled, first_match, earliest, last_match,
           match_years, quotas, fills,
           list_transform(range(earliest, last_match + 1), lambda y: coalesce(round(
               100.0 * fills[list_position(match_years, y)] / quotas[list_position(match_years, y)]), 0)::INT
           ) AS history, source_id
    FROM programs JOIN every USING (code), span
    WHERE quota > 0 AND match_year = last_match
    ORDER BY state, institution, program, code"""


def list_programs(programs: pd.DataFrame) -> pd.DataFrame:
    """The programs of the newest Match of rows of the mart `programs`, with their fill in all.

    matches: in how many Matches a program offered positions, match_years, with quotas and fills in
    the same order; matches_unfilled: in how many of them some stayed unfilled; earliest, last_match:
    the first and the last Match of the whole list; history: percent filled of each Match between
    them, 0 where it was not in it.
    """
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = programs if "source_id" in programs else programs.assign(source_id=None)
        connection.register("programs", rows)
        return connection.execute(PROGRAM_LIST).df()


class Programs(Queries):
    """The imported list of programs, and the survey of their directors."""

    @kept
    def program_list(self) -> pd.DataFrame:
        """The programs of the newest imported Match, see `list_programs`. Empty until imported."""
        return self._query(PROGRAM_LIST)

    @kept
    def program_directors(self) -> pd.DataFrame:
        """What program directors of all specialties say they look at, each factor from the newest
        survey that asked for it: factor, measure, value, unit, survey_year.

        Step 2 CS, which is no longer given, is left out.
        """
        return self._query(
            """SELECT * EXCLUDE (file, line) FROM program_directors
               WHERE specialty = 'All specialties' AND measure <> 'response rate'
                     AND factor <> 'Passing USMLE Step 2 CS'
               QUALIFY survey_year = max(survey_year) OVER (PARTITION BY factor)
               ORDER BY measure, value DESC"""
        )
