"""The cells of one column of a publisher's table, as the contract has them: figures as digits, names
as they are known. What could be meant in two ways is a problem; what was changed is told."""

import re

from etl.contract import Column
from etl.dimensions import Dimension
from etl.problems import Problem
from etl.tabular.figures import NO_NAME, Ambiguous, figure, is_missing, unmarked
from etl.tabular.headers import words
from etl.tabular.sheet import plain

FAR_ABOVE = 10  # percent; where all others are above, one below 1 is rather a share of 1

Cells = list[tuple[int, str]]  # the row's number in the document, and the text


def days(cells: Cells) -> list[str]:
    """Dates; a day that was saved with the time of its beginning is a day."""
    return ["" if is_missing(text) else re.sub(r"[ T]00:00(:00)?$", "", text) for _, text in cells]


def texts(cells: Cells, rules: Column) -> list[str]:
    """Words without footnote marks; those of a closed set as it has them, times as hours and
    minutes."""
    found = ["" if text.casefold() in NO_NAME else unmarked(text) for _, text in cells]
    if rules.allowed:
        allowed = {"".join(words(value)): value for value in rules.allowed}
        found = [text if text in rules.allowed else allowed.get("".join(words(text)), text) for text in found]
    if rules.pattern:  # 21:00:00 for 21:00
        whole = re.compile(rules.pattern)
        found = [
            text[:-3]
            if text.endswith(":00") and not whole.fullmatch(text) and whole.fullmatch(text[:-3])
            else text
            for text in found
        ]
    return found


def names(cells: Cells, rules: Column, dimension: Dimension) -> tuple[list[str], list[str]]:
    """Names of a dimension, and what is to be told of them. A name that some publication prints so
    stays as it is; one that people write so becomes the canonical one."""
    found, read = texts(cells, rules), {}
    for text in set(found):
        name = dimension.find(text)
        if name and plain(text).casefold() not in dimension.aliases:
            read[text] = name
    pairs = "; ".join(f"“{text}” as {name}" for text, name in sorted(read.items()))
    return [read.get(text, plain(text)) for text in found], [f"names read: {pairs}"] * bool(read)


def figures(
    cells: Cells, name: str, rules: Column, decimal: str, file: str
) -> tuple[list[str], list[Problem]]:
    """Numbers as digits, and the problems of those that can be read in two ways.

    decimal: how the document writes decimals (`etl.tabular.figures.decimal_sign`).
    """
    found, problems = [], []
    for row, text in cells:
        try:
            found.append(figure(text, rules.type == "integer", decimal))
        except Ambiguous as two:
            found.append("")
            problems.append(
                Problem(
                    file,
                    "a figure can be read in one way only",
                    f"write {two.args[0]} or {two.args[1]}, whichever was published",
                    row,
                    name,
                    text,
                )
            )
    return found, problems


def shares(cells: Cells, found: list[str], name: str, file: str, judged: set[int]) -> list[Problem]:
    """Percentages that may be shares of 1: all of a column, or some far below the others.

    found: the cells as digits; judged: rows whose counts tell whether the percentage is right.
    """
    rates = [
        (float(value), row, text)
        for (row, text), value in zip(cells, found, strict=True)
        if "%" not in text and re.fullmatch(r"\d*\.?\d+", value)
    ]
    others = [rate for rate, _, _ in rates if rate > 1]
    small = [
        one
        for one in rates
        if (0 < one[0] < 1 and not (others and one[1] in judged)) or (one[0] == 1 and not others)
    ]
    if not small or (others and min(others) < FAR_ABOVE):
        return []
    rate, row, text = max(small)
    return [
        Problem(
            file,
            "a rate is a percentage",
            f"write {100 * rate:.4g} or, if it is meant so, {rate:g}%: the "
            "column's other rates do not tell which",
            row,
            name,
            text,
        )
    ]
