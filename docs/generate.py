"""Write docs/reference from the code that it describes: `make docs`. A test finds what is out of date."""

import json
import re

import typer

from etl.__main__ import app as commands
from etl.contract import glossary, load_contracts
from etl.marts import load_marts
from etl.paths import ROOT, Paths
from matchatlas.odds import assumptions
from matchatlas.plan import VERSION, Plan
from matchatlas.web.api import api

HEAD = "<!-- Written by `make docs`; do not edit by hand. -->\n\n"
STANDARD = {"TMPDIR"}  # the system's own


def table(headers: tuple[str, ...], rows) -> str:
    """A table of Markdown; bars inside cells are escaped, line ends become blanks."""

    def line(cells) -> str:
        return "| " + " | ".join(" ".join(str(c).split()).replace("|", "\\|") for c in cells) + " |"

    return "\n".join([line(headers), line("---" for _ in headers), *map(line, rows)]) + "\n"


def pages() -> str:
    """Every page of the navigation: its title, address, and what it is for."""
    source = (ROOT / "matchatlas/web/navigation.py").read_text("utf-8")
    rows = []
    for name, title in re.findall(r'_page\("(\w+)", "([^"]+)"', source):
        told = (ROOT / f"pages/{name}.py").read_text("utf-8").split('"""')[1]
        address = "/" if name == "start" else f"/{name}"
        rows.append((title, f"`{address}`", told.partition(": ")[2] or told, f"`pages/{name}.py`"))
    return "# Pages\n\n" + table(("page", "address", "what it answers", "file"), rows)


def command_lines() -> str:
    """Every command of `python -m etl`, with its options as the command itself tells them."""
    group = typer.main.get_command(commands)
    parts = ["# Commands\n\n`python -m etl COMMAND`; `--help` tells the same. " + group.help + "\n"]
    for name, command in group.commands.items():
        parts.append(f"\n## etl {name}\n\n{' '.join(command.help.split())}\n\n")
        rows = [
            (
                ", ".join(f"`{o}`" for o in p.opts)
                if p.param_type_name == "option"
                else f"`{p.name.upper()}`",
                getattr(p, "help", None) or "",
            )
            for p in command.params
        ]
        if rows:
            parts.append(table(("argument or option", "what it does"), rows))
    targets = re.findall(r"^# (.+)\n(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    parts.append(
        "\n## make\n\n" + table(("target", "what it does"), [(f"`make {n}`", t) for t, n in targets])
    )
    return "".join(parts)


def api_paths() -> str:
    """Every path of the JSON API with its parameters."""
    told = api.openapi()
    parts = [f"# The API\n\n{told['info'].get('description', '')}\n"]
    for path, methods in told["paths"].items():
        for method, entry in methods.items():
            parts.append(
                f"\n## {method.upper()} `/api/v1{path}`\n\n{' '.join(entry.get('description', entry['summary']).split())}\n"
            )
            if rows := [(f"`{p['name']}`", _kind(p["schema"])) for p in entry.get("parameters", [])]:
                parts.append("\n" + table(("parameter", "holds"), rows))
    return "".join(parts)


def columns() -> str:
    """Every mart with its grain, key and columns; each column's meaning and unit stand once."""
    paths = Paths()
    marts, words = load_marts(paths), glossary(paths)
    parts = [
        "# Tables and columns\n\n`etl/contracts/` say what an input must look like, `etl/marts/` what pages, "
        "API and export read. [Which table answers what](../../data/README.md).\n\n## Marts\n\n",
        table(
            ("mart", "title", "one row is", "key", "columns"),
            [
                (f"`{m.name}`", m.title, m.grain, ", ".join(m.key), ", ".join(m.columns))
                for m in sorted(marts, key=lambda mart: mart.name)
            ],
        ),
        "\n## Inputs\n\n",
        table(
            ("table", "columns"),
            [
                (f"`{name}`", ", ".join(contract.columns))
                for name, contract in sorted(load_contracts(paths).items())
            ],
        ),
        "\n## Columns\n\n",
        table(("column", "title", "meaning", "unit"), [(f"`{n}`", *words[n]) for n in sorted(words)]),
        "\n## Columns that mean something else in one mart\n\n",
        table(
            ("mart", "column", "title", "meaning", "unit"),
            [
                (f"`{m.name}`", f"`{n}`", *w)
                for m in sorted(marts, key=lambda m: m.name)
                for n, w in m.words.items()
            ],
        ),
    ]
    return "".join(parts)


def environment() -> str:
    """Every variable of the environment that the product reads."""
    told = {
        "MATCH_ATLAS_DATA": "The folder of the data: inputs, builds, imports, the database. Default: `data/`."
    }
    read = {
        name
        for part in ("etl", "matchatlas", "pages")
        for file in (ROOT / part).rglob("*.py")
        for name in re.findall(r"environ(?:\.get\(|\[)\s*\"(\w+)\"", file.read_text("utf-8"))
    } - STANDARD
    if read != told.keys():
        raise SystemExit(f"docs/generate.py tells of {sorted(told)}, the code reads {sorted(read)}")
    return (
        "# Environment\n\n"
        + table(("variable", "meaning"), [(f"`{name}`", meaning) for name, meaning in told.items()])
        + "\nEverything else of the server (port, address, sizes) is Streamlit's: `.streamlit/config.toml`, or a "
        "variable such as `STREAMLIT_SERVER_PORT`.\n"
    )


def plan_file() -> str:
    """Every field of the plan's file."""
    schema = Plan.model_json_schema()
    parts = [
        "# The plan's file\n\nJSON in UTF-8, `match-atlas-plan.json`; older versions are brought up to "
        f"`schema_version` {VERSION}, later ones and unknown fields are refused with their place.\n"
    ]
    for name, part in {"Plan": schema, **schema["$defs"]}.items():
        rows = [(f"`{field}`", _kind(entry)) for field, entry in part["properties"].items()]
        parts.append(f"\n## {name}\n\n" + table(("field", "holds"), rows))
    return "".join(parts)


def _kind(entry: dict) -> str:
    """What a field of a JSON schema may hold, in words."""
    span = [str(entry[k]) for k in ("minimum", "maximum") if k in entry]
    if "anyOf" in entry:
        kinds = " or ".join(_kind(one) for one in entry["anyOf"])
        return kinds.replace("integer", f"integer {' to '.join(span)}") if span else kinds
    if "$ref" in entry:
        return entry["$ref"].rpartition("/")[2]
    if "enum" in entry:
        return ", ".join(json.dumps(value) for value in entry["enum"])
    kind = entry.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(entry.get('items', {}))}"
    return f"{kind} {' to '.join(span)}".strip()


def assumed() -> str:
    """The estimate's assumptions, as the code holds them."""
    log = assumptions.log()
    return (
        "# Assumptions\n\nWhere no publication tells, the estimate assumes; the Method page shows the same.\n\n"
        + table(tuple(log.columns), log.itertuples(index=False))
    )


WRITTEN = {
    "reference/pages.md": pages,
    "reference/commands.md": command_lines,
    "reference/api.md": api_paths,
    "reference/columns.md": columns,
    "reference/environment.md": environment,
    "reference/plan-file.md": plan_file,
    "explanation/assumptions.md": assumed,
}


def main() -> None:
    """Write every page of WRITTEN."""
    for name, make in WRITTEN.items():
        (ROOT / "docs" / name).write_text(HEAD + make(), encoding="utf-8")


if __name__ == "__main__":
    main()
