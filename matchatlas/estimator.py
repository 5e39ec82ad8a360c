"""The what-if estimate: how often applicants like this one matched to their preferred specialty.

Fitted to published counts alone, pure and seeded. `fit` gives an immutable `Model`; its `estimate`
moves the base rate of an applicant type and specialty by what is known of the applicant. The
method is told in words and formulas on the Method page.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from matchatlas import base_rates
from matchatlas.applicant import Applicant
from matchatlas.base_rates import BaseRates, Cell, NoEstimate
from matchatlas.evidence import Term, g, g_inverse
from matchatlas.terms import all_terms

__all__ = ["Estimate", "EstimatorTables", "Model", "NoEstimate", "fit"]

DRAWS = 2000
# Correlation between characteristics within matched and within not matched: no table has it, so
# it is drawn from this range for every draw instead of being fixed.
CORRELATION = (0.0, 0.6)
MIDDLE = float(np.mean(CORRELATION))
LABELS = {
    "step2_ck": "Step 2 CK",
    "contiguous_ranks": "Contiguous ranks",
    "specialties_ranked": "Distinct specialties ranked",
    "research_experiences": "Research experiences",
    "publications": "Publications",
    "abstracts_presentations_publications": "Abstracts, presentations, publications",
    "work_experiences": "Work experiences",
    "volunteer_experiences": "Volunteer experiences",
}
EVIDENCE = {
    "step2_ck": "step2_ck",
    "contiguous_ranks": "contiguous_ranks",
    "specialties_ranked": "specialties_ranked",
    "research_experiences": "research",
    "publications": "publications",
    "abstracts_presentations_publications": "abstracts_presentations_publications",
    "work_experiences": "work",
    "volunteer_experiences": "volunteer",
}


@dataclass(frozen=True)
class EstimatorTables:
    """The published tables a model is fitted to: the catalog's marts of the same names."""

    preferred_outcomes: pd.DataFrame
    one_specialty_outcomes: pd.DataFrame
    characteristics: pd.DataFrame
    applicants: pd.DataFrame
    rank_lengths: pd.DataFrame
    fills: pd.DataFrame
    first_choice: pd.DataFrame

    def checksums(self) -> dict[str, str]:
        """Twelve hex digits for each table, blind to the order of its rows."""
        sums = {}
        for entry in fields(self):
            lines = sorted(getattr(self, entry.name).to_csv(index=False, header=False).splitlines())
            sums[entry.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
        return sums


@dataclass(frozen=True)
class Estimate:
    """An estimate and all that must stand beside it. Rates are shares, 0 to 1.

    center; low, high: 95 % interval; low80, high80; base: the same of the group, before evidence;
    contributions: (measure, percentage points), in the order they were added to the base;
    notes: what the reader must know; n: people behind the base rate; n_evidence: behind the
    smallest term used; draws: the posterior, for differences.
    """

    applicant: Applicant
    center: float
    low: float
    high: float
    low80: float
    high80: float
    base: Cell
    contributions: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]
    source_ids: tuple[str, ...]
    draws: np.ndarray = field(repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """The estimate as a natural frequency."""
        return natural_frequency(self.center, self.low, self.high)

    def minus(self, other: Estimate) -> tuple[float, float, float]:
        """Difference to another estimate in percentage points: center, and 95 % interval."""
        difference = 100 * (self.draws - other.draws)
        low, high = np.quantile(difference, [0.025, 0.975])
        return float(np.median(difference)), float(low), float(high)


def natural_frequency(center: float, low: float, high: float) -> str:
    """ "Of 100 such applicants, about 58, between 51 and 65, matched"; shares 0 to 1."""
    return (
        f"Of 100 such applicants, about {100 * center:.0f}, between {100 * low:.0f} and "
        f"{100 * high:.0f}, matched to their preferred specialty"
    )


@dataclass(frozen=True)
class Model:
    """A fitted model; see `fit`."""

    base_rates: BaseRates
    terms: Mapping[tuple[str, str, str], Term]
    checksums: Mapping[str, str]
    seed: int

    def base(self, applicant_type: str, specialty: str) -> Cell:
        """The base rate of a type and specialty. Raises NoEstimate with the reason."""
        return self.base_rates.cell(applicant_type, specialty)

    def specialties(self, applicant_type: str) -> list[str]:
        """The specialties an applicant type has an estimate for, in alphabetical order."""
        return sorted(s for t, s in self.base_rates.cells if t == applicant_type)

    def measures(self, applicant_type: str, specialty: str) -> list[str]:
        """The profile's fields that published figures let count for this type and specialty."""
        return [
            name for name, code in EVIDENCE.items()
            if (applicant_type, specialty, code) in self.terms
        ]  # fmt: skip

    def term(self, applicant_type: str, specialty: str, name: str) -> Term:
        """The term of one profile field. Raises KeyError where no figure is published."""
        return self.terms[applicant_type, specialty, EVIDENCE[name]]

    def estimate(self, applicant: Applicant, view: str = "after") -> Estimate:
        """The estimate for a profile.

        view: "before" interviews leaves contiguous ranks out, for they are partly an outcome of
        how strong an applicant is; "after" counts them. What is unknown leaves the base rate as it
        is. Raises NoEstimate where the type and specialty have no base rate.
        """
        cell = self.base(applicant.applicant_type, applicant.specialty)
        known = self._known(applicant, view)
        draws = self._draws(cell, known)
        order = self._by_size(cell, known)
        steps, former = [], cell.center
        for count in range(1, len(order) + 1):
            center = self._center(cell, {name: known[name] for name in order[:count]}, len(known))
            steps.append((order[count - 1], 100 * (center - former)))
            former = center
        low, low80, high80, high = np.quantile(draws, [0.025, 0.1, 0.9, 0.975])
        used = [self.term(*_cell_of(applicant), name) for name in known]
        sources = dict.fromkeys([*cell.source_ids, *(term.source_id for term in used)])
        return Estimate(
            applicant, former, float(low), float(high), float(low80), float(high80),
            cell, tuple(steps), self._notes(applicant, cell, known), tuple(sources), draws,
        )  # fmt: skip

    def curve(self, applicant: Applicant, name: str, values, view: str = "after") -> pd.DataFrame:
        """The estimate along one profile field: value, center, low, high (95 %)."""
        rows = []
        for value in values:
            at = self.estimate(applicant.model_copy(update={name: int(value)}), view)
            rows.append({"value": value, "center": at.center, "low": at.low, "high": at.high})
        return pd.DataFrame(rows)

    def estimate_many(
        self, applicant_type: str, specialty: str, profiles: pd.DataFrame
    ) -> np.ndarray:
        """Centers for many profiles of one type and specialty at once.

        profiles: one row a profile, columns named as the profile's fields, NaN where unknown.
        Returns the share for each row: the plug-in estimate, without interval.
        """
        cell = self.base(applicant_type, specialty)
        names = [name for name in self.measures(applicant_type, specialty) if name in profiles]
        terms = [self.term(applicant_type, specialty, name) for name in names]
        shift, count = np.zeros(len(profiles)), np.zeros(len(profiles))
        for name, term in zip(names, terms, strict=True):
            values = profiles[name].to_numpy(float)
            shift += np.nan_to_num(term.slope * (g(term.measure, values) - term.center))
            count += np.isfinite(values)
        return expit(logit(cell.center) + _temper(count, MIDDLE) * shift)

    def what_would_move_most(
        self, applicant: Applicant, view: str = "after"
    ) -> list[tuple[str, int, tuple[float, float, float]]]:
        """Changes within reach and what each would do, largest first.

        Returns (field, new value, difference in points with its 95 % interval).
        """
        found = []
        for name, step in (("step2_ck", 10), ("contiguous_ranks", 4), ("research_experiences", 2)):
            if name not in self.measures(*_cell_of(applicant)):
                continue
            if name == "contiguous_ranks" and view == "before":
                continue
            term = self.term(*_cell_of(applicant), name)
            present = getattr(applicant, name)
            if present is None:
                present = round(g_inverse(term.measure, term.center))
            start = self.estimate(applicant.model_copy(update={name: present}), view)
            value = min(
                present + step, int(term.high) if np.isfinite(term.high) else present + step
            )
            if value > present:
                changed = self.estimate(applicant.model_copy(update={name: value}), view)
                found.append((name, value, changed.minus(start)))
        return sorted(found, key=lambda change: -change[2][0])

    def _known(self, applicant: Applicant, view: str) -> dict[str, float]:
        names = self.measures(*_cell_of(applicant))
        if view == "before":
            names = [name for name in names if name != "contiguous_ranks"]
        values = {name: getattr(applicant, name) for name in names}
        return {name: float(value) for name, value in values.items() if value is not None}

    def _by_size(self, cell: Cell, known: dict[str, float]) -> list[str]:
        def size(name: str) -> float:
            term = self.terms[cell.applicant_type, cell.specialty, EVIDENCE[name]]
            return -abs(term.slope * (float(g(term.measure, known[name])) - term.center))

        return sorted(known, key=lambda name: (size(name), name))

    def _center(self, cell: Cell, known: dict[str, float], terms: int) -> float:
        """The rate with every unknown quantity at its middle."""
        shift = 0.0
        for name, value in known.items():
            term = self.terms[cell.applicant_type, cell.specialty, EVIDENCE[name]]
            shift += term.slope * (float(g(term.measure, value)) - term.center)
        return float(expit(logit(cell.center) + _temper(terms, MIDDLE) * shift))

    def _draws(self, cell: Cell, known: dict[str, float]) -> np.ndarray:
        """Posterior draws of the rate, their median at `_center`; each source of doubt has a stream of its own, so that two
        estimates share what they share and their difference has the right interval."""
        rho = _correlation(self.seed)
        shift = np.zeros(DRAWS)
        for name, value in known.items():
            term = self.terms[cell.applicant_type, cell.specialty, EVIDENCE[name]]
            if not term.gain:
                continue
            first, second = _normals(self.seed, "slope", cell.applicant_type, cell.specialty, name)
            slope = term.slope + np.sqrt(term.variance) * first
            distance = float(g(term.measure, value)) - term.center
            beyond = float(_beyond(term, value))
            # Beyond the published range the slope may be anything between none and twice itself.
            widened = 1 + second * min(1.0, beyond / max(abs(distance), 1e-9)) if beyond else 1.0
            shift += slope * distance * widened
            shift += np.sqrt(term.misfit) * _normals(self.seed, "misfit", name)[0]
        odds = _base_odds(self.seed, cell) + _temper(len(known), rho) * shift
        return expit(odds - np.median(odds) + logit(self._center(cell, known, len(known))))

    def _notes(self, applicant: Applicant, cell: Cell, known: dict[str, float]) -> tuple[str, ...]:
        notes = list(cell.notes)
        for name in self.measures(*_cell_of(applicant)):
            term = self.term(*_cell_of(applicant), name)
            label = LABELS[name]
            if name not in known:
                continue
            if not term.gain:
                notes.append(f"{label}: no gain seen here; the published means point the other way, "
                             "so it does not move the estimate.")  # fmt: skip
            if _beyond(term, known[name]):
                notes.append(f"{label} {known[name]:g} lies beyond the published range "
                             f"({term.low:g} to {term.high:g}): the interval is widened.")  # fmt: skip
            if term.borrowed:
                notes.append(f"{label}: its effect is borrowed from {term.borrowed}.")
        unknown = [n for n in self.measures(*_cell_of(applicant)) if getattr(applicant, n) is None]
        if unknown:
            named = ", ".join(LABELS[name] for name in unknown)
            notes.append(f"Unknown, and so taken as the group has it: {named}.")
        return tuple(notes)


# The draws that every estimate starts from hang on the seed and a name alone, so they are made
# once: an estimate then costs a few sums over them.


def _stream(seed: int, *names: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])


@lru_cache(1024)
def _normals(seed: int, *names: str) -> tuple[np.ndarray, np.ndarray]:
    """Two samples of DRAWS standard normal numbers."""
    stream = _stream(seed, *names)
    return stream.standard_normal(DRAWS), stream.standard_normal(DRAWS)


@lru_cache(1)
def _correlation(seed: int) -> np.ndarray:
    return _stream(seed, "correlation").uniform(*CORRELATION, DRAWS)


@lru_cache(256)
def _base_odds(seed: int, cell: Cell) -> np.ndarray:
    """Draws of a cell's base rate, in log odds."""
    base = cell.draws(_stream(seed, "base", cell.applicant_type, cell.specialty), DRAWS)
    return logit(np.clip(base, 1e-6, 1 - 1e-6))


def _temper(terms, correlation):
    """What K equally strong characteristics of one correlation are worth, beside independent ones:
    the inverse of an equicorrelation matrix times a constant vector."""
    return 1 / (1 + np.maximum(terms - 1, 0) * correlation)


def _cell_of(applicant: Applicant) -> tuple[str, str]:
    return applicant.applicant_type, applicant.specialty


def _beyond(term: Term, value: float) -> float:
    """How far a value lies beyond the published range, on g's scale."""
    scale = g(term.measure, [value, term.low, term.high])
    beyond = float(max(scale[1] - scale[0], scale[0] - scale[2], 0.0))
    return 0.0 if np.isnan(beyond) else beyond  # where no range is published


def fit(tables: EstimatorTables, seed: int = 20260320) -> Model:
    """Fit base rates and terms to the published tables. Seconds at most; deterministic.

    The same tables in another row order, and the same seed, give the same model bit for bit.
    """
    tables = replace(tables, **{
        entry.name: _sorted(getattr(tables, entry.name)) for entry in fields(tables)
    })  # fmt: skip
    rates = base_rates.fit(tables)
    return Model(rates, all_terms(tables, rates), tables.checksums(), seed)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True)
