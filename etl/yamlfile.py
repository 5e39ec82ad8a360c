"""YAML files of the product, held against their declared shape; a fault is told with its line."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from etl.problems import DataError, Problem

QUOTE = "put the text in quotes"
_KINDS = {  # what the shape calls a fault: rule and mend
    "list_type": ("is a list", "write [one, another]"),
    "tuple_type": ("is a list", "write [one, another]"),
    "dict_type": ("is keys with their values", "write `key: value`"),
    "model_type": ("is keys with their values", "write `key: value`"),
    "model_attributes_type": ("is keys with their values", "write `key: value`"),
    "int_type": ("is a whole number", "write digits only"),
    "int_parsing": ("is a whole number", "write digits only"),
    "float_parsing": ("is a number", "write digits only"),
}


class _Loader(yaml.CSafeLoader):
    """Dates stay the text they are: no column of ours wants them otherwise."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Document:
    """A file's content in its declared shape, and where each part of it stands."""

    name: str
    content: Any
    root: yaml.Node

    def line(self, *place: str | int) -> int:
        """The row, counted from 1, of what a path of keys and positions leads to; of the nearest
        part above it that is written where it is not."""
        node = self.root
        line = node.start_mark.line
        for step in place:
            key, node = _child(node, step)
            if key is None:
                break
            line = key.start_mark.line
        return line + 1


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node]:
    """What carries the line of a part (its key, or the part itself in a list), and the part."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None, node


def load(path: Path, name: str, shape: TypeAdapter) -> Document:
    """Read a file and hold it against its shape; `name` is how messages call it.

    Raises DataError with the row, key, value and mend of every fault.
    """
    nodes, content = _parse(path, name)
    root = nodes[0]
    where = Document(name, content, root)
    problems = list(_standing_twice(nodes, name))
    try:
        read = Document(name, shape.validate_python(content), root)
    except ValidationError as error:
        known = _keys(shape.json_schema())
        problems += [_problem(where, fault, known) for fault in error.errors()]
    if problems:
        raise DataError(problems)
    return read


def _standing_twice(nodes: list[yaml.Node], file: str) -> Iterator[Problem]:
    """Entries of one list that share their name or id."""
    for node in nodes:
        entries = node.value if isinstance(node, yaml.SequenceNode) else ()
        first: dict[tuple[str, str], int] = {}
        for entry in entries:
            for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
                line, called = key.start_mark.line + 1, (key.value, value.value)
                if key.value not in ("id", "name") or not isinstance(value, yaml.ScalarNode):
                    continue
                if called in first:
                    yield Problem(
                        file,
                        f"{key.value} stands once",
                        f"remove or rename one of the two: it stands in row {first[called]} too",
                        line,
                        key.value,
                        value.value,
                    )
                first.setdefault(called, line)


def _keys(schema: Any) -> set[str]:
    """Every key that a shape knows, at whatever depth."""
    if isinstance(schema, list):
        return set().union(*map(_keys, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", ())).union(*map(_keys, schema.values()))


def _parse(path: Path, name: str) -> tuple[list[yaml.Node], Any]:
    """Every node of a file, its root first, and what they say."""

    def refuse(rule: str, mend: str, line: int | None = None, **place) -> DataError:
        return DataError([Problem(name, rule, mend, line, **place)])

    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "is UTF-8 text",
            "save it as UTF-8",
            raw.count(b"\n", 0, error.start) + 1,
            value=repr(raw[error.start : error.start + 1])[2:-1],
        ) from None
    for number, line in enumerate(text.splitlines(), start=1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            raise refuse("is indented with spaces", "write spaces instead of the tab", number)
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise refuse("is not empty", "restore it from the repository")
        nodes = list(_nodes(root))
        for node in nodes:
            _refuse_key_twice(node, refuse)
        try:
            return nodes, loader.construct_document(root)
        except ValueError:
            _refuse_unreadable(nodes, refuse)
            raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        row, lines = mark.line if mark else 0, text.splitlines()
        written = lines[min(row, len(lines) - 1)].strip()
        colon = "mapping values" in str(error.problem)
        mend = f"{QUOTE}: it holds a colon" if colon else "mend the row or the one above"
        raise refuse(f"is YAML ({error.problem})", mend, row + 1, value=written[:60]) from None
    except (yaml.YAMLError, RecursionError) as error:
        place = getattr(error, "position", None)
        at = None if place is None else text.count("\n", 0, place) + 1
        raise refuse("is YAML", f"mend the row ({str(error).splitlines()[0]})", at) from None


def _refuse_unreadable(nodes: list[yaml.Node], refuse) -> None:
    """Tell the value that its tag makes no sense of."""
    for node in nodes:
        if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":merge"):
            loader = _Loader("")
            try:
                loader.construct_object(node)
            except ValueError:
                raise refuse(
                    "is a value that can be read", QUOTE, node.start_mark.line + 1, value=node.value[:40]
                ) from None


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, though YAML's own aliases lead to some several times."""
    seen, left = set(), [root]
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.MappingNode):
            left += [part for pair in node.value for part in pair]
        elif isinstance(node, yaml.SequenceNode):
            left += node.value


def _refuse_key_twice(node: yaml.Node, refuse) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise refuse("a key is text", QUOTE, line)
        if key.value in first:
            raise refuse(
                "a key stands once",
                f"remove one of the two: it stands in row {first[key.value]} too",
                line,
                column=key.value,
            )
        first[key.value] = line


def _problem(document: Document, fault: ErrorDetails, known: set[str]) -> Problem:
    """What the shape objects to, in the file's own words."""
    place, given = fault["loc"], fault["input"]
    column = next((step for step in reversed(place) if isinstance(step, str)), None)
    value: str | None = str(given)[:60]
    if fault["type"] == "missing":
        rule, mend, value = "has every key", f"add `{column}:`", None
    elif fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(column), known, n=1)
        rule = "has only keys that are known"
        mend = f"write `{near[0]}:`" if near else f"remove it; where it is a part of a text, {QUOTE}"
    elif fault["type"] == "string_type":
        why = "read as a key and its value" if isinstance(given, dict) else "read as a number or a switch"
        rule, mend = "is text", f"{QUOTE}: without them it is {why}"
    elif fault["type"] in _KINDS:
        rule, mend = _KINDS[fault["type"]]
    else:
        rule, mend = fault["msg"].replace("Input should be", "is"), "correct it"
    return Problem(document.name, rule, mend, document.line(*place), column, value)
