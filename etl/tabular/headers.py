"""Headers as people write them, led to the columns that are looked for."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from etl.tabular.figures import unmarked
from etl.tabular.sheet import clean, plain

# Of difflib's measure: a letter or two of a word; in a short one, two letters that changed places.
ALIKE, ALIKE_SHORT, SHORT = 0.8, 0.75, 6
LONGEST = 200  # characters of a header
SAME = {
    "percent": "%",
    "percentage": "%",
    "pct": "%",
    "sr": "senior",
    "grad": "graduate",
    "gr": "graduate",
    "pos": "position",
    "specialities": "specialty",
    "speciality": "specialty",
    "specialties": "specialty",
}
COUNTING = {"no", "num", "number", "n", "count", "of", "the"}
PEOPLE = {"applicant", "candidate", "people", "person"}
PLACES = {"position", "filled", "offered", "unfilled", "quota", "seat", "slot"}
COMPARED = {"change", "difference", "increase", "decrease", "previous", "prior"}


@dataclass(frozen=True)
class Field:
    """A column that is looked for, and all that its header may say. percent: it holds percentages."""

    name: str
    forms: tuple[str, ...]
    percent: bool = False

    @cached_property
    def keys(self) -> dict[str, bool]:
        """The forms without spaces and the like, and whether they need a percent sign: a header
        "Matched" is no percentage, though "% Matched" is one."""
        found: dict[str, bool] = {}
        for form in (self.name, *self.forms):
            tokens = words(form)
            key = "".join(word for word in tokens if word != "%")
            found[key] = found.get(key, True) and self.percent and "%" in tokens
        return found

    @cached_property
    def subject(self) -> set[str]:
        """People or places, as far as the column's name says which of them it counts."""
        said = set(words(self.name))
        return {"people"} if said & PEOPLE else {"places"} if said & PLACES else set()


Wanted = TypeVar("Wanted", bound=Field)


def words(header: str) -> list[str]:
    """What a header says: small letters, singular, without "number of", percentages as "%"."""
    # A footnote's mark at the end is none of it.
    text = re.sub(r"\s*[\[(]\w[\])]$", "", unmarked(clean(header)))
    text = plain(text).casefold().replace("%", " % ").replace("#", " no ")
    text = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text).replace("'", "")
    found = [
        SAME.get(word, SAME.get(_singular(word), _singular(word))) for word in re.findall(r"[^\W_]+|%", text)
    ]
    return [word for word in found if word not in COUNTING] or found


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def column_of(lines: Sequence[str], fields: Iterable[Wanted]) -> Wanted | None:
    """The column that a header of one or more lines means, the lowest line last; None for none.

    The lowest line may say it alone, or all together; an upper one alone only where what stands
    below says nothing but "No." or "%".
    """
    if not any(sign.isalpha() for line in lines for sign in line[:LONGEST]):
        return None
    said = [words(line[:LONGEST]) for line in lines if line]
    percent = any("%" in line for line in said)
    telling = [[w for w in line if w != "%"] for line in said]
    telling = [line for line in telling if line and not set(line) <= COUNTING] or telling
    if not any(telling) or any(COMPARED & set(line) for line in telling[:-1]):
        return None
    for order in (telling[-1:], telling, telling[::-1]):
        key = "".join(word for line in order for word in line)
        for field in fields:
            needs = field.keys.get(key)
            if needs is not None and percent <= field.percent and needs <= percent:
                return field
    return None


def contradicts(lines: Sequence[str], field: Field) -> bool:
    """Whether the heading above says applicants where the column counts positions, or the other
    way round."""
    above = {word for line in lines[:-1] for word in words(line)}
    people, places = bool(above & PEOPLE), bool(above & (PLACES | {"match", "matched"}))
    if people == places:
        return False
    return "places" in field.subject if people else "people" in field.subject and "position" in above


def like(lines: Sequence[str], fields: Iterable[Wanted]) -> Wanted | None:
    """The column that a header resembles without naming it: misspelt, or with a word more or less."""
    said = [word for line in lines for word in words(line)]
    percent, tokens = "%" in said, [word for word in said if word != "%"]
    found: dict[float, Wanted] = {}
    for field in fields:
        if percent and not field.percent:
            continue
        for form in (field.name, *field.forms):
            its = [word for word in words(form) if word != "%"]
            found.setdefault(_likeness(tokens, its, field), field)
    return found[max(found)] if found and max(found) > 0 else None


def _likeness(tokens: list[str], its: list[str], field: Field) -> float:
    """How much a header is like a form of the field, from 0 (nothing to ask about) to 1."""
    small, large = sorted((set(tokens), set(its)), key=len)
    part = small < large and (len(small) > 1 or bool(field.subject and small & (PEOPLE | PLACES)))
    one, other = "".join(tokens), "".join(its)
    alike = difflib.SequenceMatcher(None, one, other).ratio()
    enough = ALIKE_SHORT if max(len(one), len(other)) <= SHORT else ALIKE
    return max(alike if alike >= enough and min(len(one), len(other)) > 2 else 0, ALIKE * part)
