"""The what-if estimate: how often applicants like this one will match to their preferred specialty.

Fitted to published counts and figures alone, pure and seeded. `fit` gives an immutable `Model`; its
`estimate` moves the base rate of an applicant type and specialty by what is known of the
applicant. The method is told in words and formulas on the Method page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from matchatlas.applicant import Applicant
from matchatlas.odds import base_rates, chance
from matchatlas.odds.base_rates import BaseRates, Cell, NoEstimate
from matchatlas.odds.estimate import Estimate, told_rate
from matchatlas.odds.evidence import Term
from matchatlas.odds.tables import EstimatorTables, passing_standard
from matchatlas.odds.terms import all_terms

__all__ = ["Estimate", "EstimatorTables", "Model", "NoEstimate", "fit", "told_rate"]

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
# What only a finished list knows: left out before interviews, and in any other specialty.
OF_THE_LIST = frozenset({"contiguous_ranks", "specialties_ranked"})


@dataclass(frozen=True)
class Model:
    """A fitted model; see `fit`. standards: see `passing_standard`."""

    base_rates: BaseRates
    terms: Mapping[tuple[str, str, str], Term]
    standards: tuple[pd.Series, pd.Series] | None = field(repr=False, compare=False)
    checksums: Mapping[str, str]
    seed: int

    @property
    def match_year(self) -> int:
        """The Match that estimates are for."""
        return self.base_rates.match_year

    def base(self, applicant_type: str, specialty: str) -> Cell:
        """The base rate of a type and specialty. Raises NoEstimate with the reason."""
        return self.base_rates.cell(applicant_type, specialty)

    def specialties(self, applicant_type: str) -> list[str]:
        """The specialties an applicant type has an estimate for, in alphabetical order."""
        return sorted(s for t, s in self.base_rates.cells if t == applicant_type)

    def measures(self, applicant_type: str, specialty: str) -> list[str]:
        """The profile's fields that published figures let count for this type and specialty."""
        return [name for name, code in EVIDENCE.items() if (applicant_type, specialty, code) in self.terms]

    def term(self, applicant_type: str, specialty: str, name: str) -> Term:
        """The term of one profile field. Raises KeyError where no figure is published."""
        return self.terms[applicant_type, specialty, EVIDENCE[name]]

    def estimate(self, applicant: Applicant, view: str = "after") -> Estimate:
        """The estimate for a profile.

        Parameters
        ----------
        applicant : Applicant
            What is unknown leaves the base rate as it is.
        view : {"after", "before"}
            "before" interviews leaves the list out, for it is partly an outcome of how strong an
            applicant is; "after" counts it.

        Returns
        -------
        Estimate
            Rates as shares, 0 to 1, with all that must stand beside them.

        Raises
        ------
        NoEstimate
            Where the type and specialty have no base rate, and where the Step 2 CK score never passed.
        """
        cell = self._cell(applicant)
        known = self._known(applicant, view)
        terms = {name: self.term(*_cell_of(applicant), name) for name in known}
        centers, draws = self._at(cell, terms, np.array([[*known.values()]], float))
        steps = self._steps(cell, terms, known)
        low, low80, high80, high = np.quantile(draws[0], [0.025, 0.1, 0.9, 0.975])
        sources = dict.fromkeys([*cell.source_ids, *(s for t in terms.values() for s in t.source_ids)])
        return Estimate(
            applicant,
            self.match_year,
            float(centers[0]),
            float(low),
            float(high),
            float(low80),
            float(high80),
            cell,
            steps,
            self._notes(applicant, cell, known),
            self._not_counted(applicant, known),
            tuple(sources),
            draws[0],
        )

    def rates(self, applicants: Sequence[Applicant], view: str = "after") -> pd.DataFrame:
        """The estimates of many profiles of any type and specialty, all in one go: center, low, high
        (95 %), a row each. Raises NoEstimate as `estimate` does."""
        parts = []
        for applicant in applicants:
            known = self._known(applicant, view)
            terms = {name: self.term(*_cell_of(applicant), name) for name in known}
            parts.append(self._odds(self._cell(applicant), terms, np.array([[*known.values()]], float)))
        centers, odds = (np.concatenate(part) for part in zip(*parts, strict=True))
        low, high = np.quantile(chance.settled(centers, odds), [0.025, 0.975], axis=1)
        return pd.DataFrame({"center": centers, "low": low, "high": high})

    def curves(
        self, applicant: Applicant, values: Mapping[str, Sequence[int]], view: str = "after"
    ) -> pd.DataFrame:
        """The estimate along profile fields, all in one go.

        Parameters
        ----------
        applicant : Applicant
            All else as this profile has it.
        values : mapping of str to sequence of int
            By field, the values to ask for; fields that no figure lets count are left out.
        view : {"after", "before"}
            As for `estimate`.

        Returns
        -------
        DataFrame
            field, value; center, low, high: the share and its 95 % interval.

        Raises
        ------
        NoEstimate
            As `estimate` does.
        """
        cell, known = self._cell(applicant), self._known(applicant, view)
        asked = [name for name in values if name in self._counted(applicant, view)]
        rows = [(name, value) for name in asked for value in values[name]]
        names = list(dict.fromkeys([*known, *asked]))
        if not rows:
            return pd.DataFrame(columns=["field", "value", "center", "low", "high"])
        profiles = np.array(
            [[({**known, name: value}).get(n, np.nan) for n in names] for name, value in rows]
        )
        terms = {name: self.term(*_cell_of(applicant), name) for name in names}
        centers, draws = self._at(cell, terms, profiles)
        low, high = np.quantile(draws, [0.025, 0.975], axis=1)
        line = pd.DataFrame(rows, columns=["field", "value"])
        return line.assign(center=centers, low=low, high=high)

    def curve(self, applicant: Applicant, name: str, values, view: str = "after") -> pd.DataFrame:
        """The estimate along one profile field: value, center, low, high (95 %)."""
        return self.curves(applicant, {name: values}, view).drop(columns="field")

    def estimate_many(self, applicant_type: str, specialty: str, profiles: pd.DataFrame) -> np.ndarray:
        """Centers for many profiles of one type and specialty at once.

        Parameters
        ----------
        applicant_type, specialty : str
            Of them all.
        profiles : DataFrame
            One row a profile, columns named as the profile's fields, NaN where unknown.

        Returns
        -------
        ndarray, shape (profiles,)
            The plug-in estimate of each as a share, without interval.

        Raises
        ------
        NoEstimate
            Where the type and specialty have no base rate.
        """
        cell = self.base(applicant_type, specialty)
        names = [name for name in self.measures(applicant_type, specialty) if name in profiles]
        terms = {name: self.term(applicant_type, specialty, name) for name in names}
        return expit(logit(cell.center) + self._shift(cell, terms, profiles[names].to_numpy(float)))

    def what_would_move_most(
        self, applicant: Applicant, view: str = "after"
    ) -> list[tuple[str, int, tuple[float, float, float]]]:
        """What is still open to this person and would move the number, largest first.

        A score that is there cannot be had again, and a list that is there cannot grow by programs
        that did not interview: only what the profile leaves open is told, at the value that the
        better half of the group has, and experiences that can still be added. Differences under
        half a point are left out. Returns (field, value, difference in points with 95 % interval).
        """
        cell, known = self._cell(applicant), self._known(applicant, view)
        terms = {name: self.term(*_cell_of(applicant), name) for name in self._counted(applicant, view)}
        open_to = {name: value for name, term in terms.items() if (value := _still_open(name, term, known))}
        profiles = [known, *({**known, name: value} for name, value in open_to.items())]
        values = np.array([[profile.get(name, np.nan) for name in terms] for profile in profiles])
        centers, draws = self._at(cell, terms, values.reshape(len(profiles), len(terms)))
        points = 100 * (centers - centers[0])
        low, high = np.quantile(100 * (draws - draws[0]), [0.025, 0.975], axis=1)
        found = [
            (name, value, (float(points[place]), float(low[place]), float(high[place])))
            for place, (name, value) in enumerate(open_to.items(), 1)
            if points[place] >= 0.5
        ]
        return sorted(found, key=lambda change: -change[2][0])

    def _cell(self, applicant: Applicant) -> Cell:
        cell = self.base(*_cell_of(applicant))
        score = applicant.step2_ck
        if score is None or self.standards is None:
            return cell
        lowest, now = self.standards
        if score < lowest["passing_score"]:
            raise NoEstimate(
                f"Step 2 CK {score} does not pass: the standard is {now['passing_score']} since "
                f"{now['valid_from']:%-d %B %Y}, and was {lowest['passing_score']} before. Without a "
                "pass there is no ECFMG certificate and, at most schools, no degree: no published "
                "group of applicants is like that.",
                str(now["source_id"]),
            )
        return cell

    def _counted(self, applicant: Applicant, view: str) -> list[str]:
        names = self.measures(*_cell_of(applicant))
        return [name for name in names if view != "before" or name not in OF_THE_LIST]

    def _known(self, applicant: Applicant, view: str) -> dict[str, float]:
        values = {name: getattr(applicant, name) for name in self._counted(applicant, view)}
        return {name: float(value) for name, value in values.items() if value is not None}

    def _strongest(self, cell: Cell) -> float:
        """Strength of the cell's strongest characteristic, whether known of the applicant or not."""
        strengths = [
            self.terms[cell.applicant_type, cell.specialty, code].strength
            for code in EVIDENCE.values()
            if (cell.applicant_type, cell.specialty, code) in self.terms
        ]
        return max(strengths, default=0.0)

    def _shift(self, cell: Cell, terms: Mapping[str, Term], values: np.ndarray) -> np.ndarray:
        """Log odds that profiles add to the base rate, every unknown at its middle.

        values: a row a profile, columns as terms, NaN where unknown.
        """
        evidence = (
            np.column_stack([term.evidence(values[:, place]) for place, term in enumerate(terms.values())])
            if terms
            else np.zeros((len(values), 0))
        )
        shared = chance.shared(terms, self._strongest(cell), chance.MIDDLE)
        known = np.isfinite(values)
        weights = chance.weights(shared[None, :] * known)
        return (np.where(known, evidence, 0.0) * weights).sum(axis=1)

    def _steps(
        self, cell: Cell, terms: Mapping[str, Term], known: Mapping[str, float]
    ) -> tuple[tuple[str, float], ...]:
        """Percentage points from the base to the estimate, the strongest evidence first; the shares
        are of the whole: what each adds in log odds, as weighted among all that is known."""
        names = list(terms)
        evidence = np.array([float(terms[name].evidence(known[name])) for name in names])
        weighted = (
            evidence * chance.weights(chance.shared(terms, self._strongest(cell), chance.MIDDLE)[None, :])[0]
        )
        steps, at = [], logit(cell.center)
        for place in sorted(range(len(names)), key=lambda p: (-abs(weighted[p]), names[p])):
            steps.append((names[place], 100 * float(expit(at + weighted[place]) - expit(at))))
            at += weighted[place]
        return tuple(steps)

    def _at(self, cell: Cell, terms: Mapping[str, Term], values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Centers (V,) and posterior draws (V, DRAWS) of the rate, the draws' medians at the centers."""
        centers, odds = self._odds(cell, terms, values)
        return centers, chance.settled(centers, odds)

    def _odds(
        self, cell: Cell, terms: Mapping[str, Term], values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Centers (V,), and draws (V, DRAWS) of the log odds that are not yet moved to them.

        values: see `_shift`. Each source of doubt has a stream of its own, so that two estimates share
        what they share and their difference has the right interval.
        """
        centers = expit(logit(cell.center) + self._shift(cell, terms, values))
        odds = np.tile(chance.base_odds(self.seed, cell), (len(values), 1))
        shared = chance.shared(terms, self._strongest(cell), chance.correlations(self.seed)[:, None])
        known = np.isfinite(values)
        for pattern in sorted({tuple(row) for row in known.tolist()}):
            rows = (known == pattern).all(axis=1)
            weights = chance.weights(shared * pattern)
            for place, term in enumerate(terms.values()):
                if pattern[place] and term.gain:
                    spread = self._spread(cell, term, values[rows, place])
                    odds[rows] += weights[:, place] * spread
        return centers, odds

    def _spread(self, cell: Cell, term: Term, x: np.ndarray) -> np.ndarray:
        """Draws (V, DRAWS) of what a term says of the values x (V,), in log odds, all doubt in it."""
        root = np.linalg.cholesky(term.covariance)
        slopes = chance.normals(self.seed, len(term.beta), term.measure, cell.applicant_type, cell.specialty)
        off = (term.phi(x) - term.tilt) @ root @ slopes
        missed, outside = chance.normals(self.seed, 2, "missed", term.measure)
        doubt = np.sqrt(term.misfit) * missed + term.beyond(x)[:, None] * outside
        return term.evidence(x)[:, None] + off + doubt

    def _notes(self, applicant: Applicant, cell: Cell, known: dict[str, float]) -> tuple[str, ...]:
        notes = list(cell.notes)
        for name in known:
            term, label = self.term(*_cell_of(applicant), name), LABELS[name]
            if not term.gain:
                notes.append(
                    f"{label}: no gain seen here; the published figures point the other way, "
                    "so it does not move the estimate."
                )
            if not term.low <= known[name] <= term.high:
                notes.append(
                    f"{label} {known[name]:g} lies beyond what the published figures cover "
                    f"({term.low:g} to {term.high:g}): the interval is widened."
                )
            if term.borrowed:
                notes.append(
                    f"{label}: too few people here for figures of both outcomes; how much "
                    f"it moves is borrowed from {term.borrowed}."
                )
            if term.stretch != 1:
                notes.append(
                    f"{label}: counted in {term.edition}; since then this type's lists have "
                    f"grown {term.stretch:.1f}-fold, and the curve is stretched by as much."
                )
            if not term.ordered:
                notes.append(
                    f"{label}: in {cell.specialty} the figures do not tell how applicant types "
                    "compare at one length of list; read this curve for itself alone."
                )
        score = applicant.step2_ck
        if score is not None and self.standards is not None:
            now = self.standards[1]
            if score < now["passing_score"]:
                notes.append(
                    f"Step 2 CK {score} passes only if it was taken before "
                    f"{now['valid_from']:%-d %B %Y}: the standard is {now['passing_score']} since."
                )
        unknown = [n for n in self.measures(*_cell_of(applicant)) if getattr(applicant, n) is None]
        if unknown:
            named = ", ".join(LABELS[name] for name in unknown)
            notes.append(f"Unknown, and so taken as the group has it: {named}.")
        return tuple(notes)

    def _not_counted(self, applicant: Applicant, known: dict[str, float]) -> tuple[str, ...]:
        """What the profile says and the number does not know, in the profile's own words."""
        counted = self.measures(*_cell_of(applicant))
        told = [
            f"{LABELS[name]} {getattr(applicant, name)}"
            + ("" if name in counted else " (nothing published here)")
            for name in EVIDENCE
            if getattr(applicant, name) is not None and name not in known
        ]
        return (*told, *applicant.told_beside_the_figures())


def _still_open(name: str, term: Term, known: Mapping[str, float]) -> int | None:
    """The value of a field that could still be had and would count for more; None where there is none."""
    if name in ("step2_ck", "contiguous_ranks"):
        value = None if name in known else round(term.typical) + (10 if name == "step2_ck" else 4)
    elif name in ("research_experiences", "abstracts_presentations_publications", "publications"):
        value = int(known.get(name, round(term.typical))) + 2
    else:
        value = None
    return value if value is not None and term.low <= value <= term.high else None


def _cell_of(applicant: Applicant) -> tuple[str, str]:
    return applicant.applicant_type, applicant.specialty


def fit(tables: EstimatorTables, seed: int = 20260320, match_year: int | None = None) -> Model:
    """Fit base rates and terms to the published tables. Seconds at most; deterministic.

    Parameters
    ----------
    tables : EstimatorTables
        In any order of rows: the same tables give the same model bit for bit.
    seed : int
        Of the posterior's draws.
    match_year : int, optional
        The Match that estimates are for; the one after the newest counts by default.

    Returns
    -------
    Model
    """
    tables = replace(tables, **{entry.name: _sorted(getattr(tables, entry.name)) for entry in fields(tables)})
    rates = base_rates.fit(tables, match_year)
    return Model(rates, all_terms(tables, rates), passing_standard(tables), tables.checksums(), seed)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(list(frame.columns), ignore_index=True)
