"""What may enter of a text that somebody typed, or that stands in a file: signs that can be shown.

Every text of a plan goes through one of these, wherever it comes from. How it is shown as text where
Markdown is read is `ui.plain`'s matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

# What no page and no document can hold: controls but the line's end and the tab, halves of
# surrogate pairs, code points that are no characters; and the signs that turn the direction of all
# that follows, ours too. Marks of direction, joiners and signs that are newer than this Python stay.
UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\u202a-\u202e\u2066-\u2069"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
LONGEST = 20_000  # signs; longer than any text that a model takes, so not worth the cleaning
LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """The text without signs that cannot be shown, every end of a line as "\\n"."""
    return UNFIT.sub("", LINE_ENDS.sub("\n", text))


def line(text: str) -> str:
    """The same in one line, without spaces at its ends."""
    return " ".join(clean(text).split())


def _of_text(change: Callable[[str], str]) -> BeforeValidator:
    def changed(value: Any) -> Any:
        return change(value) if isinstance(value, str) and len(value) <= LONGEST else value

    return BeforeValidator(changed)


# For a field of a model, behind the limits of its length, which then hold for what is kept.
ONE_LINE = _of_text(line)
LINES = _of_text(clean)


@dataclass(frozen=True)
class OneOf:
    """Makes a field of a model one of these texts."""

    texts: tuple[str, ...]

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(list(self.texts))
