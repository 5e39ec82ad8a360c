"""A publisher's document that a visitor brings: read and checked as `add` does, kept by nobody."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd

from etl import readers
from etl.add import filled_in, in_document
from etl.build import load_names
from etl.check import load, prepare
from etl.contract import Contract, load_contract, load_contracts
from etl.dimensions import Dimensions
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.published import WHOLE, Accepted, check_sums
from etl.readers import pdf
from etl.readers.reading import Reading

# The mart that the rows of a table become, and the tables it looks names up in.
MARTS = {"positions_by_state_specialty_type": "state_specialty_types", "program_positions": "programs"}
# A column that only one of the tables has.
COLUMNS = {"positions_by_state_specialty_type": b"filled_us_img", "program_positions": b"quota"}
LARGEST = 5_000_000  # bytes; the publisher's largest is half of it
# So many positions the publisher's own documents may lack, if the visitor takes them all the same.
LACKING = 100


@dataclass(frozen=True)
class Brought:
    """What a document came to.

    rows: as the mart holds them, without source; notes: what is to be told; lacking: what the
    document is short of the published totals, "" where it is not: to be taken only knowingly.
    """

    name: str
    table: str
    rows: pd.DataFrame
    notes: tuple[str, ...]
    lacking: str

    @property
    def matches(self) -> list[int]:
        """The Matches it covers, oldest first."""
        return sorted(self.rows["match_year"].unique().tolist())

    def contract_rows(self) -> pd.DataFrame:
        """The rows under the contract's column names: what is saved, to be brought again."""
        contract = load_contract(Paths(), self.table)
        names = (
            {"offered": "positions_offered", "filled": "positions_filled"} if "offered" in self.rows else {}
        )
        return self.rows.rename(columns=names).reindex(
            columns=[column for column in contract.columns if column != "source_id"]
        )


def read(content: bytes, name: str, progress: Progress = silent) -> Brought:
    """The rows of a PDF of either kind, or of the CSV that was saved from one.

    name: as the visitor's file is called. Raises DataError with every problem, as `add` does.
    """
    with TemporaryDirectory() as folder:
        # A file's name is the visitor's: only what every file system takes for one is kept of it.
        document = Path(folder) / (re.sub(r"[^\w .()-]", "_", name)[-80:].strip(" .") or "report")
        document.write_bytes(content)
        return _read(document, Path(folder), progress)


def _read(document: Path, folder: Path, progress: Progress) -> Brought:
    paths = Paths()
    dimensions, contracts = Dimensions(paths), load_contracts(paths)
    contract = contracts[_table(document)]
    reading = _saved(document) or readers.read(document, contract, None, dimensions, progress)
    progress(1.0, "Checking the rows and the sums")
    source = dimensions["source"].members["name"].iloc[0]  # of no account: the rows have none
    rows = filled_in(reading.rows, contract, 0, source)
    years = pd.to_numeric(rows[contract.year], errors="coerce")
    if rows.empty or years.isna().any():
        raise DataError([Problem(document.name, "every row is of a Match", "bring the PDF again")])
    year = int(years.max())
    told, lacking = _sums(rows, contract, dimensions, document.name, year)
    tidy = folder / "rows.csv"
    rows.to_csv(tidy, index=False)
    return Brought(
        document.name,
        contract.name,
        _mart({document.name: tidy}, rows, contract, dimensions, contracts),
        (*reading.notes, *told),
        lacking,
    )


def _saved(document: Path) -> Reading | None:
    """The rows of a CSV that was saved from a report; None for a PDF."""
    if b"%PDF" in document.read_bytes()[:1024]:
        return None
    try:
        return Reading(pd.read_csv(document, dtype=str, keep_default_na=False, encoding="utf-8-sig"))
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(
            [Problem(document.name, "is the file that was saved here", f"bring the PDF again ({error})")]
        ) from None


def _sums(rows, contract, dimensions, name: str, year: int) -> tuple[list[str], str]:
    """What is to be told of the sums, and what they lack of the published ones."""
    try:
        return check_sums(rows, contract, dimensions, name, year, {}, Accepted()), ""
    except DataError as error:
        # Once a Match: what is not offered is not filled either.
        of_match = {p.rule.removeprefix("the rows add up to "): p.value for p in reversed(error.problems)}
        lacking = "; ".join(f"{rule}: {value}" for rule, value in of_match.items())
        try:
            accepted = Accepted(LACKING, "so it stands in the document")
            return check_sums(rows, contract, dimensions, name, year, {}, accepted), lacking
        except DataError:
            raise DataError(
                [
                    Problem(
                        name,
                        "the rows add up to the published totals",
                        "the document is not whole, or was misread: get the publisher's own PDF",
                        value=lacking,
                    )
                ]
            ) from None


def _table(document: Path) -> str:
    """Which of the two tables a document holds. Raises DataError for any other."""
    start = document.read_bytes()[:1024]
    if b"%PDF" in start:
        kind = pdf.recognize(document)
    else:
        header = start.partition(b"\n")[0]
        kind = next((table for table, column in COLUMNS.items() if column in header), "")
    if kind in WHOLE:
        return kind
    what = f"this is *{kind}*; bring" if kind else "bring"
    both = " or ".join(f"*{reader.NAME}*" for reader in pdf.READERS.values())
    raise DataError(
        [
            Problem(
                document.name,
                f"is {both}",
                f"{what} one of them as the publisher gives it, or what you saved here",
            )
        ]
    )


def _mart(
    files: dict[str, Path],
    rows: pd.DataFrame,
    contract: Contract,
    dimensions: Dimensions,
    contracts: dict[str, Contract],
) -> pd.DataFrame:
    """The rows checked by their contract and as the build's own SQL makes them; small, since names
    are held once each."""
    mart = MARTS[contract.name]
    with duckdb.connect(config={"threads": 1}) as connection:
        prepare(connection, dimensions)
        if problems := load(connection, contract, dimensions, files):
            raise DataError([in_document(problem, rows) for problem in problems])
        load(connection, contracts["specialty_codes"], dimensions)
        load_names(connection, dimensions)
        connection.execute((dimensions.paths.marts / f"{mart}.sql").read_text(encoding="utf-8"))
        made = connection.table(mart).df().drop(columns=["source_id", "file", "line"])
    texts = made.select_dtypes(["object", "str"]).columns
    return made.astype(dict.fromkeys(texts, "category"))
