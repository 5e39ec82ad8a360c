"""The bytes of a plan's file as plain data: decoded, bounded and cleaned before anything is judged.

A file may be what an editor or a spreadsheet made of it, or hostile. Its bounds are looked at before
its content, so that no file costs more than reading it, and nothing of it is lost without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from matchatlas.road.targets import PROGRAMS
from matchatlas.text import LONGEST, clean

LARGEST = 1_000_000  # bytes; a plan with 300 programs and long notes is a third of it
MOST_KEYS, DEEPEST, MOST_PARTS = 100, 8, 25_000
NO_PLAN = "This is not a plan saved here, or it was cut short: save it again."
OTHER_QUOTES = "“”„‟«»‘’‚`´'"


class PlanError(ValueError):
    """A file that is no plan; str() says what is wrong and what to do."""


def parsed(content: bytes) -> tuple[dict[str, Any], list[str]]:
    """What the file says, without what is null, and what is to be told of how it was read.

    Raises PlanError for a file that is no JSON object, or holds more than a plan can.
    """
    if len(content) > LARGEST:
        raise PlanError(f"The file has {len(content):,} bytes; a plan has at most {LARGEST:,}.")
    text = _decoded(content)
    if text.count("{") + text.count("[") > MOST_PARTS:
        raise PlanError(_too_much(f"more than {MOST_PARTS:,} parts"))
    try:
        found = json.loads(text, object_pairs_hook=_once, strict=False)
    except json.JSONDecodeError as error:
        raise PlanError(_mend(text, error)) from None
    except (ValueError, RecursionError) as error:  # a number without end, nested too deep
        raise error if isinstance(error, PlanError) else PlanError(NO_PLAN) from None
    if not isinstance(found, dict):
        raise PlanError("This is not a plan saved here: it has no schema version.")
    _check_bounds(found)
    changed: list[str] = []
    found = _cleaned(found, (), changed)
    notes = (
        [
            f"Left out, since no page can show them: signs in {', '.join(changed[:5])}"
            f"{' and others' if len(changed) > 5 else ''}."
        ]
        if changed
        else []
    )
    return found, notes


def place(path: tuple) -> str:
    """Where in a plan something stands, as a person counts: "programs → 3 → city"."""
    return " → ".join(str(part + 1) if isinstance(part, int) else part for part in path)[:120]


def _decoded(content: bytes) -> str:
    encoding = json.detect_encoding(content)  # UTF-8, UTF-16 or UTF-32, as JSON may be
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end < len(content) - 4 and content.lstrip().startswith(b"{"):
            raise PlanError(
                "The file is in another encoding than UTF-8, so its names cannot be read: open it in "
                "the editor that saved it, and save it as UTF-8."
            ) from None
        raise PlanError(NO_PLAN) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the file. Raises PlanError where a key stands in it twice and says two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        for key, value in pairs:
            if repr(found[key]) != repr(value):
                raise PlanError(
                    f"“{key[:60]}” stands twice in one place, with {_short(value)} and with "
                    f"{_short(found[key])}: take out the wrong one."
                )
    return found


def _short(value: Any) -> str:
    told = "a list" if isinstance(value, list) else "a group" if isinstance(value, dict) else value
    return str(told)[:60]


def _mend(text: str, error: json.JSONDecodeError) -> str:
    """What is wrong with a file that is almost JSON, where a person can mend it."""
    there = text[error.pos : error.pos + 1]
    before = text[: error.pos].rstrip()
    at = f"line {error.lineno}, column {error.colno}"
    closing = text[error.pos :].lstrip(", \t\r\n")[:1]
    if closing in ("}", "]") and (before.endswith(",") or there == ","):
        return f"{at}: a comma stands before the closing {closing}. Take it out."
    if there and there in OTHER_QUOTES:
        return (
            f'{at}: texts stand in straight quotation marks ("), not in {there}, which an editor '
            "or a mail program put there. Replace them, or save the plan again."
        )
    if there == '"' and error.msg.startswith("Expecting ',' delimiter"):
        return f"{at}: a comma is missing before it. Put one in."
    if there in ("/", "#"):
        return f"{at}: a plan's file holds no comments. Take it out."
    return NO_PLAN


def _check_bounds(found: dict) -> None:
    """Raises PlanError for more than a plan holds, at the first place that does."""
    parts = 0
    for path, node in _parts(found, ()):
        parts += len(node)
        what = "entries" if isinstance(node, list) else "fields"
        if len(node) > (PROGRAMS if isinstance(node, list) else MOST_KEYS):
            where = f"{place(path)}: " if path else ""
            raise PlanError(_too_much(f"{where}{len(node):,} {what}"))
        if len(path) > DEEPEST:
            raise PlanError(_too_much(f"parts within parts, {len(path)} deep"))
        if parts > MOST_PARTS:
            raise PlanError(_too_much(f"more than {MOST_PARTS:,} parts"))


def _too_much(what: str) -> str:
    return f"The file holds more than a plan can ({what}): choose the plan that was saved here."


def _parts(node: dict | list, path: tuple) -> Iterator[tuple[tuple, dict | list]]:
    """Every list and object with its path, each before what is in it."""
    waiting = [(path, node)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        waiting += [((*path, key), value) for key, value in inner if isinstance(value, dict | list)]


def _cleaned(node: Any, path: tuple, changed: list[str]) -> Any:
    """The data without nulls in objects and signs that cannot be shown; changed: where there were."""
    if isinstance(node, dict):
        return {
            key: _cleaned(value, (*path, key), changed) for key, value in node.items() if value is not None
        }
    if isinstance(node, list):
        return [_cleaned(value, (*path, number), changed) for number, value in enumerate(node)]
    if not isinstance(node, str) or len(node) > LONGEST:
        return node
    kept = clean(node)
    if len(kept) < len(node.replace("\r\n", "\n")):
        changed.append(place(path))
    return kept
