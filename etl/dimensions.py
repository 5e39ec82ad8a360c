"""The dimensions: canonical names, their aliases, and the publications rows refer to."""

import difflib
import re
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import yaml

from etl.paths import Paths
from etl.problems import DataError, Problem
from etl.tabular.sheet import plain

NAMED = {"specialty": "specialties", "applicant_type": "applicant_types", "state": "states"}


# Words that people shorten, or spell as elsewhere; a lone "&" or "and" does not tell names apart.
SHORT = {
    "med": "medicine", "surg": "surgery", "peds": "pediatrics", "ped": "pediatrics", "psych": "psychiatry",
    "prelim": "preliminary", "rehab": "rehabilitation", "emerg": "emergency", "phys": "physical", "env": "environmental",
    "categ": "categorical", "ob": "obstetrics", "obs": "obstetrics", "gyn": "gynecology", "gynaecology": "gynecology",
    "orthopedic": "orthopaedic", "orthopedics": "orthopaedics", "paediatrics": "pediatrics", "int": "internal",
    "anaesthesiology": "anesthesiology", "anesthesia": "anesthesiology", "integ": "integrated", "sr": "senior",
    "srs": "senior", "seniors": "senior", "grad": "graduate", "grads": "graduate", "graduates": "graduate", "imgs": "img",
    "osteo": "osteopathic", "occ": "occupational", "specialities": "specialties", "fam": "family", "gen": "general",
}  # fmt: skip


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
    is added.
    """

    name: str
    file: str
    members: pd.DataFrame

    def is_group(self, name: str) -> bool:
        """Whether a printed name is a sum of several others of the dimension."""
        return self.find(name) in self._groups

    @cached_property
    def _groups(self) -> set[str]:
        """The members that are sums: groups of applicant types, all specialties together."""
        rows = self.members.to_dict("records")
        return {
            row["name"]
            for row in rows
            if row.get("kind") == "group" or row.get("family") == "Total"
        }

    def mend(self, value: str) -> str:
        """How to mend an unknown name: the nearest known ones, and where an alias goes."""
        what = "add the publication" if self.name == "source" else "add it as an alias"
        return f"{self.near(value)}correct the name, or {what} in {self.file}"


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
        dimensions["source"] = Dimension(ids, "source", "data/sources.yml", sources)
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
        return Dimension(aliases, name, file, members)


def _load(paths: Paths, stem: str):
    with open(paths.data / f"{stem}.yml", encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)
