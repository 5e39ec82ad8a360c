"""The header of a publisher's table: where it stands, and which of the contract's columns each of its
cells means. What is doubtful is asked about."""

import re
from collections import Counter
from collections.abc import Collection
from itertools import pairwise

from etl.contract import Contract
from etl.problems import DataError, Problem
from etl.tabular.headers import Field, column_of, contradicts, like, words
from etl.tabular.sheet import Sheet, clean
from etl.tabular.text import SEARCHED_ROWS, SEPARATORS

HEADER_ROWS = 3


def fields_of(contract: Contract) -> list[Field]:
    """The contract's columns as headers are led to them."""
    return [
        Field(name, rules.aliases, any("%" in words(form) for form in (name, *rules.aliases)))
        for name, rules in contract.columns.items()
    ]


class Unfit(DataError):
    """A sheet whose header does not fit; `fits` tells how many columns of it do."""

    def __init__(self, problems: list[Problem], fits: int):
        super().__init__(problems)
        self.fits = fits


class Heading:
    """Where a sheet's header ends, and the column that each of its cells means."""

    def __init__(self, sheet: Sheet, file: str, contract: Contract, leave_out: Collection[str]):
        self.file, self.contract, self.fields = file, contract, fields_of(contract)
        self.rows = [(n, [clean(cell) for cell in cells]) for n, cells in sheet.rows.items()]
        self.left_out = {"".join(words(name)): name for name in leave_out}
        best, self.after, self.lines = (0, False, 0), 0, []
        self.columns: list[Field | None] = []
        for place in range(min(len(self.rows), SEARCHED_ROWS)):
            for depth in range(1, HEADER_ROWS + 1):
                block = [cells for _, cells in self.rows[place : place + depth]]
                lines = columns_of_block(block)
                columns = [column_of(column, self.fields) for column in lines]
                named = Counter(field.name for field in columns if field)
                merit = (2 * len(named) - named.total(), _only_counting(block[-1]), -depth)
                if merit > best and named:
                    best, self.after, self.lines, self.columns = (merit, place + depth, lines, columns)
        self.line = self.rows[max(0, self.after - 1)][0]
        self._refuse_lacking()
        self._refuse_doubtful()

    def texts(self) -> list[str]:
        """The header of each column as printed."""
        return [" / ".join(dict.fromkeys(filter(None, column))) for column in self.lines]

    def _refuse_lacking(self) -> None:
        names = {field.name for field in self.columns if field}
        lacking = [
            field
            for field in self.fields
            if field.name not in names
            and field.name not in self.contract.given
            and self.contract.columns[field.name].required
        ]
        if not lacking and len(names) > 1:
            return
        printed = [text for text in (self.texts() if names else self._widest()) if text]
        wanted = ", ".join(field.name for field in lacking or self.fields[:6])
        if sum(bool(re.fullmatch(r"(19|20)\d\d", text)) for text in printed) > 1:
            mend = (
                f"the years stand side by side; turn the table, so that {self.contract.year or 'the year'} is a "
                f"column and every year a row; its columns are: {', '.join(self.contract.columns)}"
            )
        elif max(len(cells) for _, cells in self.rows) == 1:
            mend = f"its cells are not parted: save it as CSV, parted by {', '.join(SEPARATORS.values())}"
        else:
            near = [
                f"“{text}” may be {field.name}"
                for text in printed
                if (field := like([text], lacking)) and column_of([text], self.fields) is None
            ]
            mend = (
                f"not found: {wanted}; {'; '.join([*near[:5], ''])}rename the headers, or add theirs as `aliases` "
                f"in etl/contracts/{self.contract.name}.yml"
            )
        raise Unfit(
            [
                Problem(
                    self.file,
                    "has every required column of its contract",
                    mend,
                    self.line,
                    value=f"found: {'; '.join(text[:40] for text in printed[:20])}",
                )
            ],
            len(names),
        )

    def _widest(self) -> list[str]:
        """The row that would most likely be a header."""
        return max((cells for _, cells in self.rows[:SEARCHED_ROWS]), key=lambda cells: sum(map(bool, cells)))

    def _refuse_doubtful(self) -> None:
        texts = self.texts()
        for place, text in enumerate(texts):
            if self.left_out.pop("".join(words(text)), None) is not None:
                self.columns[place] = None
                texts[place] = ""
        names = [field.name for field in self.columns if field]
        problems = []
        for name, times in Counter(names).items():
            if times > 1:
                both = [text for text, f in zip(texts, self.columns, strict=True) if f and f.name == name]
                mend = "remove one of the two"
                if len(set(both)) > 1:
                    mend = f"leave out the one that is not meant, as in --leave-out '{both[-1]}'"
                problems.append(
                    Problem(self.file, "has each column once", mend, self.line, name, "; ".join(both))
                )
        absent = [field for field in self.fields if field.name not in names]
        for text, lines, field in zip(texts, self.lines, self.columns, strict=True):
            doubtful = field if field and contradicts(lines, field) else None
            # Printed beside "US IMG", "IMG" means the others; alone it may mean both.
            if (
                field
                and field.name == "filled_non_us_img"
                and words(text) == ["img"]
                and "filled_us_img" not in names
            ):
                doubtful = field
            if text and not field:
                doubtful = like(lines, absent)
            if doubtful:
                problems.append(
                    Problem(
                        self.file,
                        "a header names a column, or nothing like one",
                        f"if it holds {doubtful.name}, rename it to “{(*doubtful.forms, doubtful.name)[0]}”; if not, "
                        f"leave it out: --leave-out '{text}'",
                        self.line,
                        text[:80],
                    )
                )
        problems += [
            Problem(
                self.file,
                "a column that is left out is there",
                f"use one of: {'; '.join(filter(None, texts))}",
                self.line,
                value=name,
            )
            for name in self.left_out.values()
        ]
        if problems:
            raise Unfit(problems, len(names))


def columns_of_block(block: list[list[str]]) -> list[list[str]]:
    """The lines of each column's header, the lowest last. A heading over several columns that is
    not merged stands over the first of them only: it is carried on to the right."""
    width = max(map(len, block), default=0)
    rows = [cells + [""] * (width - len(cells)) for cells in block]
    for above, below in pairwise(rows):
        heading = ""
        for place in range(width):
            if above[place]:
                heading = above[place] if below[place] else ""
            elif below[place] and heading:
                above[place] = heading
    return [list(dict.fromkeys(filter(None, column))) for column in zip(*rows, strict=True)]


def _only_counting(cells: list[str]) -> bool:
    said = [word for cell in cells if cell for word in words(cell)]
    return bool(said) and set(said) <= {"no", "n", "number", "num", "count", "%"}
