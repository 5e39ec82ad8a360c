"""How well the shipped model does on people drawn from the published laws, whose truth is known: hold-out (e)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm

from matchatlas.odds.estimator import EVIDENCE, EstimatorTables, Model
from matchatlas.odds.evidence import RANKS
from matchatlas.odds.laws import Law
from matchatlas.odds.terms import published_laws

PEOPLE = 40_000
SPECIALTIES = ("Internal Medicine", "Pediatrics", "Family Medicine", "Neurology", "General Surgery")


def laws_of_fields(tables: EstimatorTables) -> dict[str, dict]:
    """By profile field: the published laws of every type and specialty."""
    return {name: published_laws(tables, code) for name, code in EVIDENCE.items()}


def log_losses(model: Model, laws_of: dict, specialty: str, correlation: float, common: bool) -> pd.DataFrame:
    """Log loss on people whose truth is known, as more of them is known.

    Non-US IMGs are drawn from the published laws of matched and not matched. Within each outcome their
    characteristics hang together: by a common strength that each mirrors the more, the more it tells
    of the outcome, two of the strongest with `correlation` (common); or all with that correlation,
    whatever they tell. Fields are added in the profile's order and in the reverse. laws_of: `laws_of_fields`.
    Returns order, known (fields), log_loss.
    """
    rng = np.random.default_rng(20260320)
    applicant_type = "Non-US IMG"
    rate = model.base(applicant_type, specialty).center
    names = model.measures(applicant_type, specialty)
    laws = {n: laws_of[n][applicant_type, specialty] for n in names}
    strength = np.array([model.term(applicant_type, specialty, name).strength for name in names])
    mirrors = strength / strength.max() if common else np.ones(len(names))
    up = np.array([np.sign(laws[n]["matched"].mean() - laws[n]["not_matched"].mean()) or 1 for n in names])
    mirrors = np.sqrt(correlation) * mirrors * (up if common else 1)
    people = []
    for outcome, share in (("matched", rate), ("not_matched", 1 - rate)):
        size = round(share * PEOPLE)
        together = rng.standard_normal((size, 1)) * mirrors
        places = norm.cdf(together + np.sqrt(1 - mirrors**2) * rng.standard_normal((size, len(names))))
        columns = {}
        for place, name in enumerate(names):
            law: Law = laws[name][outcome]
            drawn = np.searchsorted(np.cumsum(law.p), places[:, place]).clip(0, law.x.size - 1)
            columns[name] = law.x[drawn]
        people.append(pd.DataFrame(columns).assign(outcome=outcome == "matched"))
    people = pd.concat(people, ignore_index=True)
    rows = []
    for order, fields in (("profile", names), ("reverse", names[::-1])):
        for count in range(len(fields) + 1):
            p = model.estimate_many(applicant_type, specialty, people[fields[:count]])
            told = np.where(people["outcome"], p, 1 - p)
            rows.append({"order": order, "known": count, "log_loss": -np.log(told).mean()})
    return pd.DataFrame(rows)


def table(model: Model, tables: EstimatorTables) -> pd.DataFrame:
    """`log_losses` by kind of truth and correlation, over specialties: log loss with nothing and with everything
    known, and the largest rise that one more field ever brought."""
    rows, laws_of = [], laws_of_fields(tables)
    for common in (True, False):
        for correlation in (0.0, 0.3, 0.6):
            lines = [log_losses(model, laws_of, s, correlation, common) for s in SPECIALTIES]
            rise = max(line.groupby("order")["log_loss"].diff().max() for line in lines)
            ends = [line[line["order"] == "profile"]["log_loss"] for line in lines]
            rows.append(
                {
                    "truth": "through a common strength" if common else "all alike, whatever they tell",
                    "correlation": correlation,
                    "nothing known": np.mean([e.iloc[0] for e in ends]),
                    "all known": np.mean([e.iloc[-1] for e in ends]),
                    "largest rise": max(rise, 0.0),
                }
            )
    return pd.DataFrame(rows)


def group_average(model: Model, key: tuple[str, str, str], laws: dict[str, Law]) -> float:
    """Mean estimate over a group's own people along one characteristic, as a share; to be held
    against the group's rate. key: (type, specialty, measure); laws: of matched and not matched."""
    term = model.terms[key]
    rate = model.base(*key[:2]).center
    total = 0.0
    for outcome, share in (("matched", rate), ("not_matched", 1 - rate)):
        x = 1 + (laws[outcome].x - 1) * term.stretch if key[2] == RANKS else laws[outcome].x
        total += share * laws[outcome].p @ expit(logit(rate) + term.evidence(x))
    return float(total)
