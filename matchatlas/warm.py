"""What takes long to fit, kept beside the build it belongs to: a new replica serves at once, and two
replicas give the same bits.

`python -m matchatlas.warm` fits the estimator and plays the national Matches of the live build where
that is not done yet. What is kept is numbers and names, no code: arrays and a tree of JSON in one
`.npz`, with the build's id, what it was made by and a checksum. Whatever of that differs, it is as
if it were not there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy

from etl import kept
from etl.paths import ROOT, Paths
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.matching.deferred_acceptance import Settled
from matchatlas.matching.lab import Nation, Nations, play_nations
from matchatlas.matching.participants import MarketTables, NoMarket, count_participants
from matchatlas.matching.simulation import Participants
from matchatlas.odds.base_rates import BaseRates, Cell
from matchatlas.odds.estimator import EstimatorTables, Model, fit
from matchatlas.odds.evidence import Term

log = logging.getLogger(__name__)
SUFFIX = ".npz"
# What may be made of what is read: nothing else is.
CLASSES = {
    kind.__name__: kind for kind in (Model, BaseRates, Cell, Term, Nations, Nation, Settled, Participants)
}
MADE_BY = ("applicant.py", "odds/*.py", "matching/*.py")


def model(catalog: Catalog) -> Model:
    """The estimator of a build: as kept, or fitted now."""
    return _read(catalog, "model") or fit(EstimatorTables.of(catalog))


def nations(catalog: Catalog) -> Nations | None:
    """The national Matches of a build, where they are kept."""
    return _read(catalog, "nations")


def keep(paths: Paths | None = None) -> list[Path]:
    """Fit, and keep beside the live build, what is not kept yet; drop what belongs to no build any more.

    Returns the files written. Several processes may call it at once: one works, the others wait.
    Raises FileNotFoundError where no build opens, and DataError where the place cannot be written.
    """
    paths = paths or Paths()
    with kept.locked(paths):
        catalog = open_catalog(paths.database)
        for file in paths.builds.glob(f"*{SUFFIX}"):
            if not file.with_suffix("").with_suffix(".duckdb").exists():
                file.unlink()
        return [
            _write(catalog, name, made)
            for name, make in (("model", model), ("nations", _played))
            if _read(catalog, name) is None and (made := make(catalog)) is not None
        ]


def _played(catalog: Catalog) -> Nations | None:
    try:
        participants = count_participants(MarketTables.of(catalog), model(catalog))
    except NoMarket:  # the lab says why
        return None
    return play_nations(participants, lambda share, message: None)


@cache
def made_by() -> str:
    """Twelve hex digits that change with the code that fits, and with what it counts by."""
    digest = hashlib.sha256()
    for version in (platform.python_version(), np.__version__, scipy.__version__, pd.__version__):
        digest.update(version.encode())
    for pattern in MADE_BY:
        for file in sorted((ROOT / "matchatlas").glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _file(catalog: Catalog, name: str) -> Path:
    return catalog.file.with_suffix(f".{name}{SUFFIX}")


def _write(catalog: Catalog, name: str, value: Any) -> Path:
    arrays: list[np.ndarray] = []
    told = {"build": catalog.build_id, "made_by": made_by(), "value": _packed(value, arrays)}
    tree = np.frombuffer(json.dumps(told).encode(), np.uint8)
    checksum = np.frombuffer(_checksum([tree, *arrays]), np.uint8)
    file = _file(catalog, name)
    unfinished = file.with_name(f"{file.name}.tmp")
    with kept.place_told(unfinished), unfinished.open("wb") as output:
        np.savez_compressed(output, *arrays, tree=tree, checksum=checksum)
    kept.sync(unfinished)
    os.replace(unfinished, file)
    kept.sync(file.parent)
    return file


def _read(catalog: Catalog, name: str) -> Any:
    """What is kept of a build; None where nothing is, or nothing that is whole and of this code."""
    file = _file(catalog, name)
    if not file.exists():
        return None
    try:
        with np.load(file, allow_pickle=False) as found:
            tree, checksum = found["tree"], found["checksum"].tobytes()
            arrays = [found[f"arr_{number}"] for number in range(len(found.files) - 2)]
        if _checksum([tree, *arrays]) != checksum:
            raise ValueError("it is not as it was written")
        told = json.loads(tree.tobytes())
        if (told["build"], told["made_by"]) != (catalog.build_id, made_by()):
            return None
        return _unpacked(told["value"], arrays)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        log.warning("%s is left aside: %s", file.name, problem)
        return None


def _checksum(arrays: list[np.ndarray]) -> bytes:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.digest()


def _packed(value: Any, arrays: list[np.ndarray]) -> Any:
    """A value as JSON, its arrays put aside: a name and a content for all that JSON does not tell."""

    def inner(part: Any) -> Any:
        return _packed(part, arrays)

    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return ["array", len(arrays) - 1]
    if isinstance(value, tuple):
        return ["tuple", *map(inner, value)]
    if isinstance(value, Mapping):
        return ["mapping", *([inner(key), inner(part)] for key, part in value.items())]
    if value is pd.NaT:
        return ["time", None]
    if isinstance(value, pd.Timestamp):
        return ["time", value.isoformat()]
    if isinstance(value, pd.DataFrame):
        return ["frame", inner(value.index), *([name, inner(value[name])] for name in value)]
    if isinstance(value, pd.Series):
        return ["series", str(value.dtype), _content(value, arrays), value.name, inner(value.index)]
    if isinstance(value, pd.Index):
        return ["index", str(value.dtype), _content(value, arrays), value.name]
    return [type(value).__name__, *([name, inner(part)] for name, part in vars(value).items())]


def _content(values: pd.Series | pd.Index, arrays: list[np.ndarray]) -> Any:
    is_numbers = isinstance(values.dtype, np.dtype) and values.dtype.kind in "biuf"
    return _packed(values.to_numpy() if is_numbers else tuple(values), arrays)


def _unpacked(told: Any, arrays: list[np.ndarray]) -> Any:
    """The value that `_packed` told. Raises ValueError for what it does not tell."""

    def inner(part: Any) -> Any:
        return _unpacked(part, arrays)

    if not isinstance(told, list):
        return told
    kind, *parts = told
    plain: dict[str, Callable[[], Any]] = {
        "array": lambda: arrays[parts[0]],
        "tuple": lambda: tuple(map(inner, parts)),
        "mapping": lambda: {inner(key): inner(part) for key, part in parts},
        "time": lambda: pd.Timestamp(parts[0]),
        "frame": lambda: pd.DataFrame({name: inner(part) for name, part in parts[1:]}, index=inner(parts[0])),
        "series": lambda: pd.Series(inner(parts[1]), inner(parts[3]), parts[0], parts[2]),
        "index": lambda: pd.Index(inner(parts[1]), parts[0], name=parts[2]),
    }
    if kind in plain:
        return plain[kind]()
    if kind not in CLASSES:
        raise ValueError(f"{kind} is nothing that is kept")
    made = object.__new__(CLASSES[kind])
    made.__dict__.update({name: inner(part) for name, part in parts})
    return made


if __name__ == "__main__":
    for written in keep():
        print(f"kept: {written.name}")
    sys.exit()
