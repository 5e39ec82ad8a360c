"""Where the inputs lie and where the database goes."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Where another folder than the checkout's holds the data: a server's volume, a trial refresh.
DATA = Path(os.environ.get("MATCH_ATLAS_DATA", ROOT / "data"))


@dataclass(frozen=True)
class Paths:
    """The folders of one product tree; tests point them at a copy."""

    data: Path = DATA
    contracts: Path = ROOT / "etl" / "contracts"
    marts: Path = ROOT / "etl" / "marts"
    glossary: Path = ROOT / "etl" / "glossary.yml"

    @property
    def tables(self) -> Path:
        """Published figures as CSV, one folder a publisher."""
        return self.data / "tables"

    @property
    def imports(self) -> Path:
        """Tables read from the analyst's own copies of documents; never committed."""
        return self.data / "imports"

    @property
    def database(self) -> Path:
        """The database the app reads."""
        return self.data / "atlas.duckdb"

    @property
    def builds(self) -> Path:
        """The builds kept for `rollback`, the live one among them."""
        return self.data / "builds"

    @property
    def lock(self) -> Path:
        """Held while a build publishes, so that two cannot interleave."""
        return self.data / ".build.lock"


def notes_of(table: Path) -> Path:
    """The text beside a table's file that tells, a line each, what was accepted of its sums when it
    was brought; there is none where nothing was."""
    return table.with_suffix(".notes.txt")
