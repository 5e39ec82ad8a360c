"""The dimensions: canonical names, their aliases, and the publications rows refer to."""

import difflib
import re
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from etl import yamlfile
from etl.entries import SHAPES
from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.tabular.sheet import plain

# Where a name stands in its file, how it is written there, and the canonical name.
Printed = tuple[tuple[str | int, ...], str, str]
NAMED = {"specialty": "specialties", "applicant_type": "applicant_types", "state": "states"}


# Words that people shorten, or spell as elsewhere; a lone "&" or "and" does not tell names apart.
SHORT = {
    "med": "medicine",
    "surg": "surgery",
    "peds": "pediatrics",
    "ped": "pediatrics",
    "psych": "psychiatry",
    "prelim": "preliminary",
    "rehab": "rehabilitation",
    "emerg": "emergency",
    "phys": "physical",
    "env": "environmental",
    "categ": "categorical",
    "ob": "obstetrics",
    "obs": "obstetrics",
    "gyn": "gynecology",
    "gynaecology": "gynecology",
    "orthopedic": "orthopaedic",
    "orthopedics": "orthopaedics",
    "paediatrics": "pediatrics",
    "int": "internal",
    "anaesthesiology": "anesthesiology",
    "anesthesia": "anesthesiology",
    "integ": "integrated",
    "sr": "senior",
    "srs": "senior",
    "seniors": "senior",
    "grad": "graduate",
    "grads": "graduate",
    "graduates": "graduate",
    "imgs": "img",
    "osteo": "osteopathic",
    "occ": "occupational",
    "specialities": "specialties",
    "fam": "family",
    "gen": "general",
}


def fold(name: str) -> str:
    """The form under which printed names are compared: case, runs of spaces, unseen signs,
    ligatures and the kinds of dashes and quotes do not count."""
    return plain(name).casefold()


def loose(name: str) -> str:
    """A name's words written out, without punctuation: as people shorten names, not printed ones."""
    bare = re.sub(r"[.'’]", "", fold(name))
    tokens = [SHORT.get(word, word) for word in re.findall(r"[^\W_]+", bare)]
    return " ".join(word for word in tokens if word != "and")


@dataclass(frozen=True)
class Names:
    """The names of one kind of thing: `aliases` leads from each folded printed form to the
    canonical name."""

    aliases: dict[str, str]

    @cached_property
    def _loose(self) -> dict[str, str]:
        """The canonical names by loose form, where the form leads to one only."""
        found: dict[str, set[str]] = {}
        for printed, name in self.aliases.items():
            found.setdefault(loose(printed), set()).add(name)
        return {form: names.pop() for form, names in found.items() if len(names) == 1}

    def find(self, name: str) -> str | None:
        """The canonical name of a printed one, or of one as people write it ("internal med");
        None where none is meant without doubt."""
        return self.aliases.get(fold(name)) or self._loose.get(loose(name))

    def near(self, name: str) -> str:
        """The canonical names that an unknown one resembles, as a hint that ends in "; ", or ""."""
        forms = difflib.get_close_matches(fold(name), self.aliases, n=3, cutoff=0.5)
        names = list(dict.fromkeys(self.aliases[form] for form in forms))
        return f"nearest known: {', '.join(names)}; " if names else ""


@dataclass(frozen=True)
class Dimension(Names):
    """Canonical members of one dimension.

    `members` has a column `name` (and whatever else the file gives); `file` is where a new alias
    is added; `forms` leads from each printed form, just as the file has it, to its name.
    """

    name: str
    file: str
    members: pd.DataFrame
    forms: dict[str, str]

    def is_group(self, name: str) -> bool:
        """Whether a printed name is a sum of several others of the dimension."""
        return self.find(name) in self._groups

    @cached_property
    def _groups(self) -> set[str]:
        """The members that are sums: groups of applicant types, all specialties together."""
        rows = self.members.to_dict("records")
        return {row["name"] for row in rows if row.get("kind") == "group" or row.get("family") == "Total"}

    def mend(self, value: str) -> str:
        """How to mend an unknown name: the nearest known ones, and where an alias goes."""
        what = "add the publication" if self.name == "source" else "add it as an alias"
        return f"{self.near(value)}correct the name, or {what} in {self.file}"


@dataclass(frozen=True)
class Dimensions:
    """Every dimension of one product tree, read once."""

    paths: Paths

    def __getitem__(self, name: str) -> Dimension:
        """Raises DataError with the faults of every file."""
        return self._all[name]

    @cached_property
    def publishers(self) -> pd.DataFrame:
        """publisher, name, url, rights."""
        publishers = self._sources.content.publishers
        table = pd.DataFrame.from_dict(
            {key: dict(publisher) for key, publisher in publishers.items()}, orient="index"
        )
        return table.rename_axis("publisher").reset_index()

    @cached_property
    def _sources(self) -> yamlfile.Document:
        return self._load("sources")

    @cached_property
    def _all(self) -> dict[str, Dimension]:
        problems, dimensions = [], {}
        for name in (*NAMED, "source"):
            try:
                dimensions[name] = self._source() if name == "source" else self._named(name)
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)
        return dimensions

    def _source(self) -> Dimension:
        document = self._sources
        sources = document.content.sources
        unknown = [
            Problem(
                document.name,
                "publisher is listed",
                "add it under `publishers`",
                document.line("sources", place, "publisher"),
                "publisher",
                source.publisher,
            )
            for place, source in enumerate(sources)
            if source.publisher not in document.content.publishers
        ]
        if unknown:
            raise DataError(unknown)
        members = pd.DataFrame([dict(source) for source in sources])
        ids = {source.id: source.id for source in sources}
        members = members.rename(columns={"id": "name"})
        return Dimension(ids, "source", document.name, members, ids)

    def _named(self, name: str) -> Dimension:
        document = self._load(NAMED[name])
        entries = document.content
        printed: list[Printed] = [
            ((place, "name"), entry.name, entry.name) for place, entry in enumerate(entries)
        ]
        printed += [
            ((place, "aliases", number), alias, entry.name)
            for place, entry in enumerate(entries)
            for number, alias in enumerate(entry.aliases)
        ]
        aliases = _leading_to_one(document, printed)
        members = pd.DataFrame([entry.model_dump(exclude={"aliases"}) for entry in entries])
        members["position"] = range(len(members))
        forms = {form: name for _, form, name in printed}
        return Dimension(aliases, name, document.name, members, forms)

    def _load(self, stem: str) -> yamlfile.Document:
        name = f"data/{stem}.yml"
        return yamlfile.load(self.paths.data / f"{stem}.yml", name, SHAPES[stem])


def _leading_to_one(document: yamlfile.Document, printed: list[Printed]) -> dict[str, str]:
    """Folded form -> canonical name.

    Raises DataError where a form leads to two names.
    """
    first: dict[str, tuple[str, int]] = {}
    problems = []
    for place, form, name in printed:
        line = document.line(*place)
        known, there = first.setdefault(fold(form), (name, line))
        if known != name:
            problems.append(
                Problem(
                    document.name,
                    "an alias leads to one name only",
                    f"remove it here or in row {there}",
                    line,
                    str(place[1]),
                    form,
                )
            )
    if problems:
        raise DataError(problems)
    return {form: name for form, (name, _) in first.items()}
