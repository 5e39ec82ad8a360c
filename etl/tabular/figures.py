"""Figures as people write them, to digits with a decimal point.

What can be read in two ways is never read: `67,125` is 67125 or 67.125, and only the rest of the
document may tell.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from etl.tabular.sheet import Typed

MISSING = {
    "",
    "-",
    "--",
    "---",
    "‐",
    "‑",
    "–",
    "—",
    "―",
    "−",
    ".",
    "..",
    "…",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "#n/a",
    "nan",
    "null",
    "none",
    "not available",
    "not applicable",
    "not reported",
    "not published",
}
NO_NAME = MISSING - {"na", "none", "null", "nan", "."}  # what stands for a missing text as well
SIGNS = "*†‡§¶‖※⁎∗#^¹²³⁰⁴⁵⁶⁷⁸⁹⁺⁽⁾ªᵃᵇᶜᵈᵉᶠ"
MARKS = re.compile(rf"^[{re.escape(SIGNS)}]+\s*(?=\S)|(?<=\S)\s*[{re.escape(SIGNS)}]+$")
# Thousands never begin with a zero: 0,937 is a decimal.
GROUPED = re.compile(r"-?(?!0)\d{1,3}(,\d{3})+")
POINT_GROUPED = re.compile(r"-?(?!0)\d{1,3}(\.\d{3})+")
COMMA_DECIMAL = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+),\d+")
POINT_DECIMAL = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)\.\d+")


class Ambiguous(ValueError):
    """A figure with two readings: `args` are both."""


def unmarked(text: str) -> str:
    """A cell without the footnote marks before and behind it."""
    return text if isinstance(text, Typed) else MARKS.sub("", MARKS.sub("", text))


def is_missing(text: str) -> bool:
    """Whether a cell says that a figure was not published, or is empty."""
    return unmarked(text).casefold() in MISSING or not text.strip(SIGNS)


def bare(text: str) -> str:
    """A figure's own signs: without footnote mark, percent sign, and spaces or apostrophes between
    groups of digits; every digit and minus as a keyboard writes it."""
    text = unmarked(text)
    digits = (str(unicodedata.decimal(sign, sign)) for sign in text)
    text = "".join(digits).replace("−", "-").replace("٫", ".").replace("٬", ",").removeprefix("+")
    text = re.sub(r"\s*%$|^%\s*", "", text)
    return re.sub(r"(?<=\d)[\s'’](?=\d{3}(?!\d))", "", text)


def decimal_sign(texts: Iterable[str]) -> str:
    """How a document writes its decimals, told by figures that can be read one way only: "," as in
    93,7 or "." as in 93.7; "?" where it does both, "" where none of them tells."""
    found = set()
    for text in texts:
        if isinstance(text, Typed):
            continue
        figure = bare(text)
        if COMMA_DECIMAL.fullmatch(figure) and not GROUPED.fullmatch(figure):
            found.add(",")
        elif POINT_DECIMAL.fullmatch(figure) and not POINT_GROUPED.fullmatch(figure):
            found.add(".")
    return found.pop() if len(found) == 1 else "?" if found else ""


def figure(text: str, whole: bool, decimal: str = "") -> str:
    """A figure as digits with a decimal point, "" where it is missing; what is none stays as it is.

    whole: only whole numbers can stand here. decimal: what `decimal_sign` found. Raises Ambiguous.
    """
    if isinstance(text, Typed):
        return _rounded(text.removesuffix("%"), whole)
    if is_missing(text):
        return ""
    found = bare(text)
    joined = found.replace(",", "").replace(".", "")
    if GROUPED.fullmatch(found):
        if found.count(",") > 1 or (whole and decimal in ("", ".")):
            return joined
        if whole or decimal != ",":
            raise Ambiguous(joined, found.replace(",", "."))
        return found.replace(",", ".")
    if POINT_GROUPED.fullmatch(found):
        if found.count(".") > 1 or decimal == ",":
            return joined
        if whole or decimal == "?":
            raise Ambiguous(joined, found)
    if COMMA_DECIMAL.fullmatch(found):
        return _rounded(found.replace(".", "").replace(",", "."), whole)
    if POINT_DECIMAL.fullmatch(found):
        return _rounded(found.replace(",", ""), whole)
    return found if re.fullmatch(r"-?\d+", found) else text


def _rounded(text: str, whole: bool) -> str:
    """Not more digits than a spreadsheet keeps; a whole number without its `.0`."""
    if not re.fullmatch(r"-?\d+\.\d+", text):
        return text
    if len(text) > 16:
        text = f"{Decimal(f'{Decimal(text):.15g}'):f}"
    return text.rstrip("0").rstrip(".") if whole and "." in text else text
