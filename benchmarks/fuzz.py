"""Random links, plans, clicks and files against every page, the report and the readers of files.

`python -m benchmarks.fuzz [RUNS] [UPLOADS] [SEED]` (2,000, 8,000 and 1 by default) prints what broke
and ends with 1 if anything did. Tests run a part of it with a fixed seed.
"""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date
from io import BytesIO
from itertools import product
from typing import Any

from PIL import Image
from streamlit.testing.v1 import AppTest

from etl.paths import ROOT
from matchatlas.applicant import EARLIEST_DAY, LATEST_DAY, QUERY_NAMES
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import VERSION, Partner, Plan, PlanError, RankLists, open_file, read
from matchatlas.report import html, pdf
from matchatlas.report.build import build
from matchatlas.report.logo import LogoError, read_logo
from matchatlas.road.targets import NO_MATCH
from matchatlas.web.held import PLAN as HELD

PAGES = sorted((ROOT / "pages").glob("*.py"))
STEPS = 3  # a link, and so many less one changes of widgets after it
HOSTILE = (
    "",
    "-1",
    "0",
    "1e999",
    "NaN",
    "9" * 5000,
    "'; DROP TABLE applicants; --",
    "\x00",
    "‮",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "{{7*7}}",
    "%s%n",
    "true",
    "2025",
    "Internal Medicine",
    "Non-US IMG",
    "US IMG",
    "2026-02-30",
    "J-1",
    "yes",
    "250",
    "8",
)
KINDS = (
    "selectbox",
    "multiselect",
    "number_input",
    "toggle",
    "checkbox",
    "radio",
    "text_input",
    "text_area",
    "date_input",
    "slider",
    "select_slider",
    "segmented_control",
    "pills",
    "button",
)


def links(runs: int, seed: int) -> Iterator[str]:
    """Problems found in so many runs of pages: each a page, its link, the clicks, and what broke."""
    chance, names, left = random.Random(seed), set(QUERY_NAMES.values()), runs
    catalog = open_catalog()
    while left > 0:
        page = chance.choice(PAGES)
        query = {name: chance.choice(HOSTILE) for name in chance.sample(sorted(names), chance.randint(0, 5))}
        asked = {name: value[:60] for name, value in query.items()}
        app, told = _app(page, query), [f"{page.stem} {asked}"]
        if chance.random() < 0.5:
            held = any_plan(chance, catalog)
            app.session_state[HELD] = held
            told.append(f"with {held.model_dump_json(exclude_defaults=True)[:3000]}")
        for _ in range(STEPS):
            app.run()
            left -= 1
            if app.exception:
                yield " → ".join(told) + f": {app.exception[0].message}"
                break
            widgets = [widget for kind in KINDS for widget in app.get(kind) if not widget.proto.disabled]
            names |= {widget.key for widget in widgets if widget.key}
            if not widgets or left <= 0:
                break
            widget = chance.choice(widgets)
            told.append(f"{widget.type} {widget.key or widget.label}: {_change(widget, chance)!r}")


WORDS = (
    "a",
    "A B",
    "",
    "x" * 5000,
    "Internal Medicine",
    "\u202eevil",
    "\x00",
    "é́",
    "王小明",
    "مُحَمَّدٌ",
    "ශ්‍රී",
    "👩‍⚕️",
    "[a](//b.example)",
    "# a",
    "$x$",
    "<b>a</b>",
    ":red[a]",
    "`a`",
    "=1+1",
    "a\nb",
    "\u200b",
    "ߒ",
    "%{x}",
    "1e999",
)


def any_plan(chance: random.Random, catalog: Catalog) -> Plan:
    """A plan that `read` accepts, at the edges of what its fields may hold, whatever these are."""
    known = catalog.specialties()["specialty"].tolist()
    schema = Plan.model_json_schema()
    while True:
        found = _any(schema, schema["$defs"], chance) | {"schema_version": VERSION}
        for person in (found.get("applicant"), *(s.get("applicant") for s in found.get("scenarios", ()))):
            if isinstance(person, dict):
                person["specialty"] = chance.choice(known)
                if person.get("second_specialty"):
                    person["second_specialty"] = chance.choice(known)
        found.pop("pairs", None)
        for lists in (found, found.get("partner") or {}):
            for program in lists.get("programs", ()):
                if chance.random() < 0.7:
                    program["specialty"] = chance.choice(known)
            for named in ("rank_order", "supplemental"):
                lists.pop(named, None)
        with suppress(PlanError):
            held = read(json.dumps(found).encode())
            partner = held.partner and Partner(**dict(held.partner) | _ranked(held.partner, chance))
            own = [*(program.label for program in held.programs), NO_MATCH]
            theirs = [*(program.label for program in partner.programs), NO_MATCH] if partner else []
            every = [pair for pair in product(own, theirs) if any(pair)]
            pairs = chance.sample(every, chance.randint(0, min(8, len(every))))
            return Plan(**dict(held) | _ranked(held, chance) | {"partner": partner, "pairs": pairs})


def _ranked(lists: RankLists, chance: random.Random) -> dict[str, Any]:
    """A rank order list and supplemental ones of some of the programs, in any order."""
    labels = [program.label for program in lists.programs]

    def some() -> list[str]:
        return chance.sample(labels, chance.randint(0, len(labels)))

    return {"rank_order": some(), "supplemental": {label: some() for label in some()}}


def _any(schema: dict, parts: dict, chance: random.Random) -> Any:
    """A value that a JSON schema allows, as often as not one at an edge."""
    if "$ref" in schema:
        return _any(parts[schema["$ref"].rsplit("/", 1)[1]], parts, chance)
    if "anyOf" in schema:
        given = {name: value for name, value in schema.items() if name != "anyOf"}
        return _any(given | chance.choice(schema["anyOf"]), parts, chance)
    if "const" in schema or "enum" in schema:
        return schema.get("const", chance.choice(schema.get("enum", [None])))
    kind = schema.get("type")
    if kind == "null":
        return None
    if kind == "object" and "properties" in schema:
        needed = schema.get("required", ())
        return {
            name: _any(part, parts, chance)
            for name, part in schema["properties"].items()
            if name in needed or chance.random() < 0.6
        }
    if kind == "object":
        form, inside = next(iter(schema.get("patternProperties", {"": None}).items()))
        inside = inside or schema["additionalProperties"]
        names = schema.get("propertyNames", {}).get("enum")
        names = names or [word for word in WORDS if word and re.search(form, word)]
        return {
            name: _any(inside, parts, chance)
            for name in chance.sample(names, chance.randint(0, min(4, len(names))))
        }
    if "prefixItems" in schema:
        return [_any(part, parts, chance) for part in schema["prefixItems"]]
    if kind == "array":
        most = min(4, schema.get("maxItems", 4))
        return [_any(schema["items"], parts, chance) for _ in range(chance.randint(0, most))]
    if kind == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 100)
        return chance.choice((low, high, chance.randint(low, high)))
    if kind == "boolean":
        return chance.random() < 0.5
    if schema.get("format") == "date":
        days = (EARLIEST_DAY, LATEST_DAY, date.today(), date(2028, 2, 29))
        return chance.choice(days).isoformat()
    word = chance.choice(WORDS) if chance.random() < 0.5 else "".join(chance.choices(WORDS, k=3))
    return (word or "-")[: schema.get("maxLength", 100)]


def reports(runs: int, seed: int) -> Iterator[str]:
    """Problems found in so many reports of plans that can be."""
    chance, catalog, today = random.Random(seed), open_catalog(), date.today()
    model = fit(EstimatorTables.of(catalog))
    for _ in range(runs):
        held = any_plan(chance, catalog)
        try:
            content = build(held, model, catalog, today.year + 1, today)
            pdf.render(content, chance.choice(pdf.PAPERS))
            html.render(content)
        except Exception as error:
            told = held.model_dump_json(exclude_defaults=True)[:3000]
            yield f"{type(error).__name__}: {str(error)[:300]} with {told}"


def _app(page, query: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=120)
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
    "programs": [
        {"program": "A", "specialty": "Neurology", "quota": 8, "visas": "J-1"},
        {"program": "B", "specialty": "Neurology", "notes": "near"},
    ],
    "rank_order": ["B · Neurology"],
    "interview_notes": {"Why here?": "…"},
    "tutor": {"name": "T"},
}
VALUES = (
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**30,
    "",
    "x" * 10_000,
    "\ud800",
    "\x00",
    [],
    {},
    [[]] * 50,
    {"__class__": "x"},
    "2026-13-45",
    "=1+1",
    ["A"] * 600,
)


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
                node[chance.choice(["unheard of", "__proto__", "schema_version"])] = chance.choice(VALUES)
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


def _larger(chance: random.Random) -> bytes:
    """A plan one part of which is again and again there, up to what a file may have."""
    part = chance.choice(("0", "[]", "{}", '"a"', "null", "[[]]", '{"program":"a","specialty":"b"}', "1e9"))
    field = chance.choice(("programs", "rank_order", "done", "scenarios", "weeks", "interview_notes", "new"))
    inside = ",".join([part] * (chance.choice((10, 999, 900_000)) // (len(part) + 1)))
    return json.dumps(PLAN).encode()[:-1] + f', "{field}": [{inside}]}}'.encode()


def _many_keys(chance: random.Random) -> bytes:
    number = chance.choice((50, 101, 40_000))
    keys = {
        f"{chance.choice(('key', 'notes', 'step2_ck'))} {n}": chance.choice((0, "x", None))
        for n in range(number)
    }
    field = chance.choice((None, "weeks", "tutor", "applicant", "interview_notes"))
    return json.dumps(PLAN | (keys if field is None else {field: keys})).encode()


def _edited(chance: random.Random) -> bytes:
    """A plan as a person's editor leaves it: other quotes, a comma too many or few, comments, doublets."""
    text = json.dumps(PLAN, indent=chance.choice((None, 1)))
    return chance.choice(
        (
            lambda: text.replace('"', chance.choice("“”'‘«`")),
            lambda: text.replace("}", ",}", 1),
            lambda: text.replace(",", "", chance.randint(1, 3)),
            lambda: f"// mine\n{text}",
            lambda: text.replace('"step2_ck": 250', '"step2_ck": 250, "step2_ck": 199'),
            lambda: text.replace(
                "250", chance.choice(("NaN", "-Infinity", "1e999", "0250", "+250", "250.5", "2_50"))
            ),
            lambda: text.replace("\n", chance.choice(("\r", "\r\n", "\u2028"))),
            lambda: text.replace("Neurology", chance.choice(WORDS)),
            lambda: text.replace(
                '"T"', json.dumps(chance.choice(("9999-12-31", "\x00", "\u202e", "\ud800")))
            ),
        )
    )().encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le")), "replace")


def _dated(chance: random.Random) -> bytes:
    day = chance.choice(
        (
            "9999-12-31",
            "0001-01-01",
            "1999-12-31",
            "2101-01-01",
            0,
            -1e300,
            1e18,
            True,
            [],
            "2027-W01-1",
            "20270305",
        )
    )
    field = chance.choice(("applicant", "scenario", "start"))
    person = PLAN["applicant"] | {"ecfmg_expected": day}
    change = {
        "applicant": {"applicant": person},
        "start": {"schema_version": 3, "start": day},
        "scenario": {"scenarios": [{"name": "A", "applicant": person}]},
    }[field]
    return json.dumps(PLAN | change).encode()


UPLOADS: tuple[Callable[[random.Random], bytes], ...] = (
    _spoiled,
    _cut,
    _flipped,
    _larger,
    _many_keys,
    _edited,
    _dated,
    lambda chance: chance.randbytes(chance.randrange(5000)),
    lambda chance: chance.choice([b"[", b'{"a":']) * chance.choice([10, 1000, 100_000]),
    lambda chance: b'{"schema_version": ' + b"9" * chance.choice([3, 400, 5000]) + b"}",
    lambda chance: json.dumps(PLAN | {"rank_order": ["x"] * chance.choice([301, 5000])}).encode(),
    lambda chance: json.dumps(PLAN).encode(chance.choice(["utf-16", "utf-32", "cp037"])),
    lambda chance: b" " * chance.choice([1_000_001, 5_000_000]),
    lambda chance: json.dumps(
        PLAN | {"schema_version": chance.choice([0, -1, 3, True, None, "2", 2.0, 1])}
    ).encode(),
    lambda chance: chance.choice([b"null", b"[]", b"0", b'""', b"\xef\xbb\xbf", b"PK\x03\x04", b"%PDF-1.7"]),
)


def uploads(count: int, seed: int) -> Iterator[str]:
    """Problems found in so many hostile files: neither a plan nor a clear refusal."""
    chance, names = random.Random(seed), open_catalog().names()["specialty"]
    for number in range(count):
        content = UPLOADS[number % len(UPLOADS)](chance)
        try:
            open_file(content, names)
        except PlanError as refusal:
            if not 20 <= len(str(refusal)) <= 2000 or len(str(refusal).splitlines()) > 1:
                yield f"{content[:80]!r}: refused in {len(str(refusal))} characters: {str(refusal)[:200]!r}"
        except Exception as error:
            yield f"{content[:80]!r}: {type(error).__name__}: {str(error)[:200]}"


def logos(count: int, seed: int) -> Iterator[str]:
    """Problems found in so many spoiled pictures: neither a logo nor a clear refusal."""
    chance = random.Random(seed)
    for number in range(count):
        kept = BytesIO()
        size = chance.choice(((1, 1), (30, 20), (1, 9000), (300, 200)))
        mode = chance.choice(("RGB", "L", "1", "I;16", "CMYK"))
        kind = "JPEG" if mode == "CMYK" or (mode in ("RGB", "L") and number % 2) else "PNG"
        Image.new(mode, size).save(kept, kind)
        content = bytearray(kept.getvalue())
        for _ in range(chance.randint(0, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            del content[chance.randrange(len(content)) :]
        try:
            read_logo(bytes(content))
        except LogoError:
            pass
        except Exception as error:
            yield f"{bytes(content[:80])!r}: {type(error).__name__}: {str(error)[:200]}"


def main() -> None:
    """Run all and print what broke."""
    runs, files, seed = (*map(int, sys.argv[1:]), *(2000, 8000, 1)[len(sys.argv) - 1 :])
    found = 0
    for name, count, problems in (
        ("runs of pages", runs, links),
        ("reports of any plan", runs // 4, reports),
        ("hostile files", files, uploads),
        ("spoiled logos", files, logos),
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
