"""Where the figures come from, and what was checked of them."""

import io
import zipfile

import pandas as pd

from etl.build import mart_names
from etl.export import data_package
from matchatlas.catalog.queries import Queries, kept


class Origins(Queries):
    """What the tables hold, who published it, and how it was held against the rules."""

    @kept
    def columns(self, mart: str) -> pd.DataFrame:
        """What the columns of one table mean, in order: column, title, meaning, unit."""
        return self._query(
            """SELECT "column", title, meaning, unit FROM about.mart_column
               WHERE mart = ? ORDER BY position""",
            mart,
        )

    @kept
    def input_columns(self) -> pd.DataFrame:
        """What the columns of the input tables mean: input, column, title, meaning, unit."""
        return self._query(
            """SELECT input, "column", title, meaning, unit FROM about.input_column
               ORDER BY input, position"""
        )

    @kept
    def sources(self) -> pd.DataFrame:
        """Every publication, with how many figures' rows refer to it."""
        return self._query("SELECT * FROM source JOIN publisher USING (publisher) ORDER BY ALL")

    @kept
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

    @kept
    def why(self, name: str, year: int) -> pd.DataFrame:
        """Every input row about a specialty, applicant type or state (canonical name) in a year:
        its figures, publication, file, row and checksum."""
        return self._query(
            """SELECT title, figures, publication, read_from, file, line, left(sha256, 12) AS sha256, notes
               FROM why WHERE year = ? AND ? IN (specialty, applicant_type, state)""",
            year,
            name,
        )

    @kept
    def input_files(self) -> pd.DataFrame:
        """Every input file of the build: rows, rules each row was held against, checksum."""
        return self._query("SELECT * FROM input_file ORDER BY publisher, table_name, file")

    @kept
    def differences(self) -> pd.DataFrame:
        """How the build's input rows differ from those of the one before it: table_name, kind (new,
        gone, changed, jump), key, detail, former_build_id."""
        return self._query("SELECT * FROM difference ORDER BY table_name, kind, key")

    @kept
    def check_totals(self) -> pd.DataFrame:
        """Sums over rows beside the published totals they were checked against."""
        return self._query("SELECT * FROM check_totals ORDER BY rule, match_year")

    @kept
    def guide_claims(self) -> pd.DataFrame:
        """What the guide says beside what the tables say: claim, said, published, verdict."""
        return self._query("SELECT * FROM guide_claim ORDER BY position")

    def everything(self) -> bytes:
        """A ZIP of every mart as CSV, with a Frictionless `datapackage.json`."""
        content = io.BytesIO()
        connection = self._connection.cursor()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in mart_names(connection):
                archive.writestr(f"{name}.csv", self.table(name).to_csv(index=False))
            archive.writestr("datapackage.json", data_package(connection))
        return content.getvalue()
