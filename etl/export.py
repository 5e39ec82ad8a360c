"""Everything as files: Parquet and CSV with a Frictionless Data Package description."""

import json
from pathlib import Path

import duckdb

from etl import kept
from etl.build import mart_names
from etl.database import one_row

FRICTIONLESS_TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "HUGEINT": "integer",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
}


def export(database: Path, folder: Path) -> list[Path]:
    """Write every mart as `<name>.parquet` and `<name>.csv`, and `datapackage.json` beside them.

    Returns the files written. Raises DataError where the folder cannot be written.
    """
    written = []
    with kept.place_told(folder), duckdb.connect(str(database.resolve()), read_only=True) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        for name in mart_names(connection):
            for kind in ("parquet", "csv"):
                file = folder / f"{name}.{kind}"
                target = str(file).replace("'", "''")
                connection.execute(
                    f"COPY (SELECT * FROM \"{name}\" ORDER BY ALL) TO '{target}' (FORMAT {kind})"
                )
                written.append(file)
        package = folder / "datapackage.json"
        package.write_text(data_package(connection), encoding="utf-8")
    return [*written, package]


def data_package(connection: duckdb.DuckDBPyConnection) -> str:
    """The description of every mart's CSV as JSON: Frictionless Data Package v1, tabular resources."""
    (build_id,) = one_row(connection, "SELECT build_id FROM build")
    read = connection.execute("SELECT title, read_from AS path FROM source ORDER BY title").fetchall()
    sources = [{"title": title, "path": path} for title, path in read]
    resources = []
    marts = connection.execute("SELECT mart, title, grain, key FROM about.mart").fetchall()
    described = {mart: words for mart, *words in marts}
    for name in mart_names(connection):
        title, grain, key = described[name]
        resources.append(
            {
                "name": name.replace("_", "-"),
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8",
                "title": title,
                "description": grain,
                "schema": {"fields": _fields(connection, name), "primaryKey": key.split(", ")},
            }
        )
    return json.dumps(
        {
            "name": "match-atlas",
            "profile": "tabular-data-package",
            "title": "Match Atlas",
            "version": build_id,
            "sources": sources,
            "resources": resources,
        },
        indent=1,
    )


def _fields(connection: duckdb.DuckDBPyConnection, mart: str) -> list[dict]:
    types = {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{mart}"').fetchall()}
    words = connection.execute(
        'SELECT "column", title, meaning, unit FROM about.mart_column WHERE mart = ? ORDER BY position',
        [mart],
    ).fetchall()
    return [
        {
            "name": column,
            "type": FRICTIONLESS_TYPES.get(types[column], "any"),
            "title": title,
            "description": meaning,
            "unit": unit,
        }
        for column, title, meaning, unit in words
    ]
