"""The dimensions: canonical names, their aliases, and the publications rows refer to."""

import difflib
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import yaml

from etl.paths import Paths
from etl.problems import DataError, Problem

NAMED = {"specialty": "specialties", "applicant_type": "applicant_types", "state": "states"}


def fold(name: str) -> str:
    """The form under which printed names are compared: case and runs of spaces do not count."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class Dimension:
    """Canonical members of one dimension.

    `members` has a column `name` (and whatever else the file gives); `aliases` leads from each
    folded printed form to its canonical name; `file` is where a new alias is added.
    """

    name: str
    file: str
    members: pd.DataFrame
    aliases: dict[str, str]

    def mend(self, value: str) -> str:
        """How to mend an unknown name: the nearest known ones, and where an alias goes."""
        near = difflib.get_close_matches(fold(value), self.aliases, n=3, cutoff=0.5)
        names = list(dict.fromkeys(self.aliases[form] for form in near))
        hint = f"nearest known: {', '.join(names)}; " if names else ""
        what = "add the publication" if self.name == "source" else "add it as an alias"
        return f"{hint}correct the name, or {what} in {self.file}"


@dataclass(frozen=True)
class Dimensions:
    """Every dimension of one product tree, read once."""

    paths: Paths

    def __getitem__(self, name: str) -> Dimension:
        return self._all[name]

    @cached_property
    def publishers(self) -> pd.DataFrame:
        """publisher, name, url, rights."""
        table = pd.DataFrame.from_dict(self._sources["publishers"], orient="index")
        return table.rename_axis("publisher").reset_index()

    @cached_property
    def _sources(self) -> dict:
        return _load(self.paths, "sources")

    @cached_property
    def _all(self) -> dict[str, Dimension]:
        dimensions = {name: self._named(name, stem) for name, stem in NAMED.items()}
        sources = pd.DataFrame(self._sources["sources"]).rename(columns={"id": "name"})
        known = set(self._sources["publishers"])
        for row in sources.itertuples():
            if row.publisher not in known:
                raise DataError(
                    [
                        Problem(
                            "data/sources.yml",
                            "publisher is listed",
                            "add it under `publishers`",
                            column="publisher",
                            value=row.publisher,
                        )
                    ]
                )
        ids = {name: name for name in sources["name"]}
        dimensions["source"] = Dimension("source", "data/sources.yml", sources, ids)
        return dimensions

    def _named(self, name: str, stem: str) -> Dimension:
        entries = _load(self.paths, stem)
        file = f"data/{stem}.yml"
        aliases: dict[str, str] = {}
        for entry in entries:
            for printed in (entry["name"], *entry.pop("aliases", [])):
                if aliases.setdefault(fold(printed), entry["name"]) != entry["name"]:
                    raise DataError(
                        [
                            Problem(
                                file,
                                "an alias leads to one name only",
                                "remove it from one of the two",
                                value=printed,
                            )
                        ]
                    )
        members = pd.DataFrame(entries)
        members["position"] = range(len(members))
        return Dimension(name, file, members, aliases)


def _load(paths: Paths, stem: str):
    with open(paths.data / f"{stem}.yml", encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)
