"""Random links, clicks and files against every page and the reader of saved plans.

`python -m benchmarks.fuzz [RUNS] [UPLOADS] [SEED]` (2,000, 500 and 1 by default) prints what broke
and ends with 1 if anything did. Tests run a part of it with a fixed seed.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date

from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas.applicant import QUERY_NAMES
from matchatlas.plan import PlanError, read

PAGES = sorted((ROOT / "pages").glob("*.py"))
STEPS = 3  # a link, and so many less one changes of widgets after it
HOSTILE = ("", "-1", "0", "1e999", "NaN", "9" * 5000, "'; DROP TABLE applicants; --", "\x00", "‮",
           "<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "%s%n", "true", "2025",
           "Internal Medicine", "Non-US IMG", "US IMG", "2026-02-30", "J-1", "yes", "250", "8")  # fmt: skip
KINDS = ("selectbox", "multiselect", "number_input", "toggle", "checkbox", "radio", "text_input", "text_area",
         "date_input", "slider", "select_slider", "segmented_control", "pills", "button")  # fmt: skip


def links(runs: int, seed: int) -> Iterator[str]:
    """Problems found in so many runs of pages: each a page, its link, the clicks, and what broke."""
    chance, names, left = random.Random(seed), set(QUERY_NAMES.values()), runs
    while left > 0:
        page = chance.choice(PAGES)
        query = {
            name: chance.choice(HOSTILE)
            for name in chance.sample(sorted(names), chance.randint(0, 5))
        }
        asked = {name: value[:60] for name, value in query.items()}
        app, told = _app(page, query), [f"{page.stem} {asked}"]
        for _ in range(STEPS):
            app.run()
            left -= 1
            if app.exception:
                yield " → ".join(told) + f": {app.exception[0].message}"
                break
            widgets = [
                widget for kind in KINDS for widget in app.get(kind) if not widget.proto.disabled
            ]
            names |= {widget.key for widget in widgets if widget.key}
            if not widgets or left <= 0:
                break
            widget = chance.choice(widgets)
            told.append(f"{widget.type} {widget.key or widget.label}: {_change(widget, chance)!r}")


def _app(page, query: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas" / "navigation.py"), default_timeout=120)
    app.query_params.update(query)
    return app.switch_page(str(page))


def _change(widget, chance: random.Random):
    """Change a widget as a browser could; returns the value."""
    if widget.type == "button":
        widget.click()
        return "click"
    if options := list(getattr(widget, "options", ())):
        many = widget.type in ("multiselect", "pills")
        value = (
            chance.sample(options, chance.randint(0, min(3, len(options))))
            if many
            else chance.choice(options)
        )
    elif widget.type in ("toggle", "checkbox"):
        value = chance.random() < 0.5
    elif widget.type in ("number_input", "slider"):
        low, high = int(widget.min or 0), int(widget.max or 100)
        value = chance.choice([low, high, chance.randint(low, high)])
    elif widget.type == "date_input":
        value = date(chance.randint(2020, 2030), chance.randint(1, 12), chance.randint(1, 28))
    else:
        value = chance.choice(HOSTILE)[:200]
    widget.set_value(value)
    return value


PLAN = {
    "schema_version": 2,
    "applicant": {"applicant_type": "US IMG", "specialty": "Neurology", "step2_ck": 250},
    "programs": [{"program": "A", "specialty": "Neurology", "quota": 8, "visas": "J-1"},
                 {"program": "B", "specialty": "Neurology", "notes": "near"}],
    "rank_order": ["B · Neurology"], "interview_notes": {"Why here?": "…"}, "tutor": {"name": "T"},
}  # fmt: skip
VALUES = (None, True, -1, 1e308, float("nan"), float("inf"), 10**30, "", "x" * 10_000, "\ud800", "\x00", [],
          {}, [[]] * 50, {"__class__": "x"}, "2026-13-45", "=1+1", ["A"] * 600)  # fmt: skip


def _places(node, path: tuple = ()) -> Iterator[tuple]:
    """The path to every value of a plan."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


def _spoiled(chance: random.Random) -> bytes:
    """A plan with some values replaced, removed or added."""
    plan = json.loads(json.dumps(PLAN))
    for _ in range(chance.randint(1, 3)):
        *way, last = chance.choice(list(_places(plan)))
        node = plan
        with suppress(KeyError, IndexError, TypeError):
            for key in way:
                node = node[key]
            if chance.random() < 0.2:
                del node[last]
            elif isinstance(node, dict) and chance.random() < 0.2:
                node[chance.choice(["unheard of", "__proto__", "schema_version"])] = chance.choice(
                    VALUES
                )
            else:
                node[last] = deepcopy(chance.choice(VALUES))
    return json.dumps(plan).encode("utf-8", "surrogatepass")


def _cut(chance: random.Random) -> bytes:
    whole = json.dumps(PLAN).encode()
    return whole[: chance.randrange(len(whole))]


def _flipped(chance: random.Random) -> bytes:
    content = bytearray(json.dumps(PLAN).encode())
    for _ in range(chance.randint(1, 8)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


UPLOADS: tuple[Callable[[random.Random], bytes], ...] = (
    _spoiled, _cut, _flipped,
    lambda chance: chance.randbytes(chance.randrange(5000)),
    lambda chance: chance.choice([b"[", b'{"a":']) * chance.choice([10, 1000, 100_000]),
    lambda chance: b'{"schema_version": ' + b"9" * chance.choice([3, 400, 5000]) + b"}",
    lambda chance: json.dumps(PLAN | {"rank_order": ["x"] * chance.choice([301, 5000])}).encode(),
    lambda chance: json.dumps(PLAN).encode(chance.choice(["utf-16", "utf-32", "cp037"])),
    lambda chance: b" " * chance.choice([1_000_001, 5_000_000]),
    lambda chance: json.dumps(PLAN | {"schema_version": chance.choice([0, -1, 3, True, None, "2", 2.0, 1])}).encode(),
    lambda chance: chance.choice([b"null", b"[]", b"0", b'""', b"\xef\xbb\xbf", b"PK\x03\x04", b"%PDF-1.7"]),
)  # fmt: skip


def uploads(count: int, seed: int) -> Iterator[str]:
    """Problems found in so many hostile files: neither a plan nor a clear refusal."""
    chance = random.Random(seed)
    for number in range(count):
        content = UPLOADS[number % len(UPLOADS)](chance)
        try:
            read(content)
        except PlanError as refusal:
            if not 20 <= len(str(refusal)) <= 2000 or len(str(refusal).splitlines()) > 1:
                yield f"{content[:80]!r}: refused in {len(str(refusal))} characters: {str(refusal)[:200]!r}"
        except Exception as error:
            yield f"{content[:80]!r}: {type(error).__name__}: {str(error)[:200]}"


def main() -> None:
    """Run all and print what broke."""
    runs, files, seed = (*map(int, sys.argv[1:]), *(2000, 500, 1)[len(sys.argv) - 1 :])
    found = 0
    for name, count, problems in (
        ("runs of pages", runs, links),
        ("hostile files", files, uploads),
    ):
        broken = 0
        for problem in problems(count, seed):
            broken += 1
            print(problem, flush=True)
        print(f"{count:,} {name}, seed {seed}: {broken} broke", flush=True)
        found += broken
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
