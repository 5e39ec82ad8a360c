"""Read-only access to the database, and every query the pages ask: the only place with their SQL.

A `Catalog` reads one build. `open_catalog` hands out the catalog of the live build and notices
when another one was published, so that no page mixes two builds.
"""

import functools
import io
import logging
import threading
import zipfile
from pathlib import Path

import duckdb
import pandas as pd

from etl import kept
from etl.build import mart_names
from etl.database import read_only
from etl.dimensions import Names
from etl.export import data_package
from etl.paths import Paths

DATABASE = Paths().database

log = logging.getLogger(__name__)
_lock = threading.Lock()
_open: dict[Path, tuple[tuple | None, "Catalog"]] = {}


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


def open_catalog(database: Path = DATABASE) -> "Catalog":
    """The catalog of the build that is live now.

    Where that one is gone or damaged, what was served before goes on being served, or else the
    newest kept build. Raises FileNotFoundError where none opens.
    """
    paths = Paths(data=database.parent)
    version = kept.version(paths)
    with _lock:
        known = _open.get(database)
        if known is None or known[0] != version:
            known = _open[database] = (version, _catalog_of(paths, known and known[1]))
        return known[1]


def _catalog_of(paths: Paths, former: "Catalog | None") -> "Catalog":
    live = kept.live_file(paths)
    if live is None and former:
        # An open file can be read after its name is gone.
        log.warning("No build is published any more; %s goes on being served.", former.build_id)
        return former
    found = kept.live_or_newest(paths)
    if found and found.file != live:
        log.warning("The published build does not open; %s is served.", found.build_id)
    if found is None and former is None:
        raise FileNotFoundError(f"no build opens in {paths.builds}")
    return Catalog(found.file) if found else former


def _kept(method):
    """Keep a query's answer for the life of the catalog, that is, of the build it reads.

    Callers get a copy-on-write copy, so that none can change what another will read.
    """

    @functools.wraps(method)
    def answer(self, *arguments):
        key = (method.__name__, arguments)
        if key not in self._answers:
            self._answers[key] = method(self, *arguments)
        return self._answers[key].copy(deep=False)

    return answer


class Catalog:
    """The named queries over one build. Every frame carries `source_id` where it holds figures."""

    def __init__(self, database: Path):
        self._connection = read_only(database)
        self._answers: dict[tuple, pd.DataFrame] = {}
        row = self._connection.execute("SELECT build_id, built_at FROM build").fetchone()
        self.build_id: str = row[0]
        self.built_at = row[1]

    def _query(self, sql: str, *parameters) -> pd.DataFrame:
        # A cursor a call: cursors may be used from several threads, one connection may not.
        return self._connection.cursor().execute(sql, list(parameters)).df()

    @_kept
    def table(self, name: str) -> pd.DataFrame:
        """A whole mart, ordered. Raises KeyError where there is no such mart."""
        if name not in {*self.tables()["table_name"], *self.marts()["mart"]}:
            raise KeyError(name)
        return self._query(f'SELECT * FROM "{name}" ORDER BY ALL')

    @_kept
    def tables(self) -> pd.DataFrame:
        """table_name, rows of every mart."""
        return self._query(
            """SELECT table_name, estimated_size AS rows FROM duckdb_tables()
               WHERE schema_name = 'main' ORDER BY table_name"""
        )

    @_kept
    def marts(self) -> pd.DataFrame:
        """What each table holds: mart, title, grain (what one row is), key."""
        return self._query("SELECT * FROM about.mart ORDER BY mart")

    @_kept
    def columns(self, mart: str) -> pd.DataFrame:
        """What the columns of one table mean, in order: column, title, meaning, unit."""
        return self._query(
            """SELECT "column", title, meaning, unit FROM about.mart_column
               WHERE mart = ? ORDER BY position""",
            mart,
        )

    @_kept
    def input_columns(self) -> pd.DataFrame:
        """What the columns of the input tables mean: input, column, title, meaning, unit."""
        return self._query(
            """SELECT input, "column", title, meaning, unit FROM about.input_column
               ORDER BY input, position"""
        )

    @_kept
    def applicant_types(self) -> pd.DataFrame:
        """The six applicant types in display order: applicant_type, meaning."""
        return self._query(
            "SELECT applicant_type, meaning FROM applicant_type WHERE kind = 'type' ORDER BY position"
        )

    @_kept
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

    @_kept
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

    @_kept
    def totals(self) -> pd.DataFrame:
        """Totals of every Match: positions, filled, applicants, programs."""
        return self._query("SELECT * EXCLUDE (file, line) FROM totals ORDER BY match_year")

    @_kept
    def rank_lengths(self) -> pd.DataFrame:
        """Matched, unmatched and mean length of the rank order list, by Match and type."""
        return self._query(
            "SELECT * EXCLUDE (file, line) FROM rank_lengths ORDER BY match_year, applicant_type"
        )

    @_kept
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

    @_kept
    def positions(self) -> pd.DataFrame:
        """Positions offered and filled by Match, specialty and scope (what is counted together)."""
        return self._query(
            """SELECT match_year, specialty, scope, programs, offered, filled,
                      filled / offered AS fill_rate, filled_us_md_senior, filled_us_do_senior,
                      filled_us_img, filled_non_us_img, applicants_total, trust, source_id
               FROM positions WHERE specialty <> 'All specialties'
               ORDER BY match_year, specialty, scope"""
        )

    @_kept
    def fills(self) -> pd.DataFrame:
        """Positions filled by each applicant type, all levels and tracks together, by specialty.

        share is the type's share of all positions filled (0 to 1): no match rate.
        """
        return self._query(
            """SELECT match_year, specialty, applicant_type, filled_by_type, filled_total,
                      filled_by_type / filled_total AS share, source_id
               FROM fills JOIN applicant_type USING (applicant_type)
               WHERE scope = 'all levels and tracks'
               ORDER BY match_year, specialty, position"""
        )

    @_kept
    def first_choice(self) -> pd.DataFrame:
        """Applicants whose first or only choice a specialty was, beside its positions."""
        return self._query(
            """SELECT match_year, specialty, applicants, offered,
                      applicants / offered AS applicants_per_position, source_id
               FROM first_choice ORDER BY match_year, specialty"""
        )

    @_kept
    def matches(self) -> pd.DataFrame:
        """PGY-1 matches of U.S. MD and DO applicants by Match and specialty."""
        return self._query("SELECT * EXCLUDE (file, line) FROM matches ORDER BY match_year, specialty")

    @_kept
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
                          sum(filled_by_type) / any_value(filled_total) AS img_share,
                          sum(filled_by_type) FILTER (applicant_type = 'US IMG') AS us_filled,
                          sum(filled_by_type) FILTER (applicant_type = 'Non-US IMG') AS non_us_filled,
                          sum(filled_by_type) FILTER (applicant_type = 'Non-US IMG')
                              / any_value(filled_total) AS non_us_share,
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

    @_kept
    def residents(self) -> pd.DataFrame:
        """AAMC's active residents by specialty and group, with how far the row is trusted."""
        return self._query(
            "SELECT * EXCLUDE (file, line) FROM residents ORDER BY year, specialty, resident_group"
        )

    @_kept
    def states(self) -> pd.DataFrame:
        """Positions by state with IMGs' share of those filled, and the tile grid's places."""
        return self._query(
            """SELECT match_year, state, code, tile_row, tile_column, offered, filled,
                      filled / offered AS fill_rate,
                      (filled_us_img + filled_non_us_img) / filled AS img_share,
                      filled_us_img + filled_non_us_img AS filled_imgs, source_id
               FROM state_positions JOIN state USING (state) ORDER BY match_year, state"""
        )

    @_kept
    def state_specialties(self) -> pd.DataFrame:
        """Positions by state and specialty, about 99 % of all: sums are no NRMP totals."""
        return self._query(
            """SELECT match_year, state, code, tile_row, tile_column, specialty, offered, filled,
                      filled / nullif(offered, 0) AS fill_rate, institutions, source_id
               FROM state_specialty_positions JOIN state USING (state)
               ORDER BY match_year, state, specialty"""
        )

    @_kept
    def state_specialty_types(self) -> pd.DataFrame:
        """Positions by state, specialty and level with IMGs' part: empty until imported."""
        return self._query(
            """SELECT match_year, state, specialty, level, offered, filled,
                      filled_us_img + filled_non_us_img AS filled_imgs, source_id
               FROM state_specialty_types ORDER BY match_year DESC, state, specialty, level"""
        )

    @_kept
    def program_list(self) -> pd.DataFrame:
        """The programs of the newest imported Match, see `list_programs`. Empty until imported."""
        return self._query(PROGRAM_LIST)

    @_kept
    def openings(self) -> pd.DataFrame:
        """Positions by state and specialty in the newest Match that has them, about 99 % of all,
        beside the share of each state's positions, all specialties, that IMGs filled last."""
        return self._query(
            """WITH imgs AS (
                   SELECT state, match_year AS img_year, source_id AS img_source_id,
                          (filled_us_img + filled_non_us_img) / filled AS state_img_share
                   FROM state_positions WHERE match_year = (SELECT max(match_year) FROM state_positions)
               )
               SELECT match_year, state, specialty, offered, offered - filled AS unfilled, institutions,
                      state_img_share, img_year, source_id, img_source_id
               FROM state_specialty_positions LEFT JOIN imgs USING (state)
               WHERE match_year = (SELECT max(match_year) FROM state_specialty_positions) AND offered > 0
               ORDER BY offered DESC, state, specialty"""
        )

    @_kept
    def definition_changes(self) -> pd.DataFrame:
        """Changes that make years before and after unlike: match_year, change, meaning."""
        return self._query("SELECT * EXCLUDE (file, line) FROM definition_change ORDER BY match_year")

    @_kept
    def characteristics(self) -> pd.DataFrame:
        """Step 2 CK and other measures of matched and not matched applicants."""
        return self._query(
            """SELECT * EXCLUDE (file, line) FROM characteristics
               ORDER BY edition, applicant_type, specialty, measure, outcome"""
        )

    @_kept
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

    @_kept
    def calendar(self) -> pd.DataFrame:
        """Published dates: match_year, event, date, time_et (Eastern time)."""
        return self._query("SELECT * EXCLUDE (file, line) FROM calendar ORDER BY date")

    @_kept
    def fee_tiers(self) -> pd.DataFrame:
        """The latest season's marginal application fees: season, from_program, to_program,
        fee_usd_each; they begin anew in each specialty."""
        return self._query(
            """SELECT season, from_program, to_program, fee_usd_each, source_id FROM fees
               WHERE kind = 'residency'
                     AND season = (SELECT max(season) FROM fees WHERE kind = 'residency')
               ORDER BY from_program"""
        )

    @_kept
    def state_pathways(self) -> pd.DataFrame:
        """State laws, and bills, on a license without a residency, with their conditions."""
        return self._query("SELECT * EXCLUDE (file, line) FROM state_pathways ORDER BY state, year_enacted")

    @_kept
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

    @_kept
    def guide_claims(self) -> pd.DataFrame:
        """What the guide says beside what the tables say: claim, said, published, verdict."""
        return self._query("SELECT * FROM guide_claim ORDER BY position")

    @_kept
    def sources(self) -> pd.DataFrame:
        """Every publication, with how many figures' rows refer to it."""
        return self._query("SELECT * FROM source JOIN publisher USING (publisher) ORDER BY ALL")

    @_kept
    def coverage(self) -> pd.DataFrame:
        """Rows by mart and year, long form: table_name, year, rows."""
        dated = self._query(
            """SELECT table_name, arg_min(column_name, column_index) AS year_column
               FROM duckdb_columns()
               WHERE schema_name = 'main'
                     AND (column_name IN ('match_year', 'edition', 'survey_year', 'season')
                          OR (column_name = 'year' AND table_name = 'residents'))
               GROUP BY table_name HAVING table_name <> 'check_totals' ORDER BY table_name"""
        )
        parts = [
            f"""SELECT '{row.table_name}' AS table_name, "{row.year_column}" AS year, count(*) AS rows
                FROM "{row.table_name}" GROUP BY ALL"""
            for row in dated.itertuples()
        ]
        return self._query(" UNION ALL ".join(parts) + " ORDER BY table_name, year")

    @_kept
    def why(self, name: str, year: int) -> pd.DataFrame:
        """Every input row about a specialty, applicant type or state (canonical name) in a year:
        its figures, publication, file, row and checksum."""
        return self._query(
            """SELECT title, figures, publication, read_from, file, line, left(sha256, 12) AS sha256
               FROM why WHERE year = ? AND ? IN (specialty, applicant_type, state)""",
            year,
            name,
        )

    @_kept
    def input_files(self) -> pd.DataFrame:
        """Every input file of the build: rows, rules each row was held against, checksum."""
        return self._query("SELECT * FROM input_file ORDER BY publisher, table_name, file")

    @_kept
    def differences(self) -> pd.DataFrame:
        """How the build's input rows differ from those of the one before it: table_name, kind (new,
        gone, changed, jump), key, detail, former_build_id."""
        return self._query("SELECT * FROM difference ORDER BY table_name, kind, key")

    def everything(self) -> bytes:
        """A ZIP of every mart as CSV, with a Frictionless `datapackage.json`."""
        content = io.BytesIO()
        connection = self._connection.cursor()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in mart_names(connection):
                archive.writestr(f"{name}.csv", self.table(name).to_csv(index=False))
            archive.writestr("datapackage.json", data_package(connection))
        return content.getvalue()

    @_kept
    def check_totals(self) -> pd.DataFrame:
        """Sums over rows beside the published totals they were checked against."""
        return self._query("SELECT * FROM check_totals ORDER BY rule, match_year")
