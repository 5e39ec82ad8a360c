"""The publishers' PDFs: which of the two that are read whole a document is, or what it is instead."""

import re
from itertools import islice
from pathlib import Path

from etl.contract import Contract
from etl.dimensions import Dimensions
from etl.problems import DataError, Problem
from etl.progress import Progress, silent
from etl.readers import program_pdf, state_pdf
from etl.readers.pages import Word, lines, pages, text
from etl.readers.reading import Reading

READERS = {state_pdf.TABLE: state_pdf, "program_positions": program_pdf}
SEARCHED_PAGES = 12  # the first rows of the publisher's documents stand on page 1 to 6
# Other documents of the publishers, by words of their titles.
BY_STATE = ("match rates by specialty and state", "match results by state")
OTHERS = (
    "Results and Data",
    "Advance Data Tables",
    "Charting Outcomes",
    "Program Director Survey",
    "Applicant Survey",
    "Impact of Length of Rank Order List",
    "Match by the Numbers",
    "Report on Residents",
    "ERAS Statistics",
    "SOAP",
    "Specialties Matching Service",
)


def read(
    path: Path, contract: Contract, year: int | None, dimensions: Dimensions, progress: Progress = silent
) -> Reading:
    """The rows of a PDF of the kind that the table is printed in.

    Raises DataError for a document of another kind, naming it and the table it belongs to or the
    one to export from it, and whatever the reader of the kind raises.
    """
    kind = recognize(path)
    if kind == contract.name:
        return READERS[kind].read(path, year, dimensions, progress)
    named = f"this is *{READERS[kind].NAME if kind in READERS else kind}*; " if kind else ""
    own = f"its rows go to --table {kind}; " if kind in READERS else ""
    if contract.name in READERS:
        mend = f"bring *{READERS[contract.name].NAME}*, or that table as CSV or XLSX"
    else:
        mend = f"export the table “{contract.title}” as CSV or XLSX and bring that"
    raise DataError(
        [Problem(path.name, f"{contract.name} is read from the PDF that is brought", f"{named}{own}{mend}")]
    )


def recognize(path: Path) -> str:
    """The table whose PDF this is, or the name of another document, or "" where nothing tells.

    Raises DataError for what is no PDF that can be opened and holds text.
    """
    titles: list[str] = []
    for _, words in islice(pages(path, silent), SEARCHED_PAGES):
        for table, reader in READERS.items():
            if reader.recognizes(words):
                return table
        titles.append(_title(words))
    for title in titles:
        if any(words in title for words in BY_STATE):
            return state_pdf.TABLE  # of another layout: its reader tells what it misses
        if named := [name for name in OTHERS if name.casefold() in title]:
            return min(named, key=lambda name: title.index(name.casefold()))
    return ""


def _title(words: list[Word]) -> str:
    return re.sub(r"[®™]", "", " ".join(text(line) for line in lines(words))).casefold()
