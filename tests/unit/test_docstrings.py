"""The statistical core and the matching engine say what goes in and what comes out, and show it."""

import doctest
import inspect
import re

import pytest

from matchatlas.matching import couples, deferred_acceptance, market, participants, simulation, stability
from matchatlas.odds import base_rates, drift, estimate, estimator, evidence, intervals, laws, pooling

CORE = (
    base_rates.fit,
    *(drift.beta_mass, drift.follow, drift.fit_wander, drift.quantile, drift.series_of),
    *(estimator.fit, estimator.Model.estimate, estimator.Model.curves, estimator.Model.estimate_many),
    *(evidence.basis, evidence.people_of, evidence.fit_cell, evidence.fit_shape, evidence.misfit),
    *(evidence.make_term, intervals.jeffreys, laws.law),
    *(pooling.shrink, pooling.log_beta_binomial, pooling.fit_pool, pooling.Pool.prior),
    *(market.from_lists, market.with_supplemental_lists, stability.blocking, deferred_acceptance.solve),
    *(couples.place_couples, participants.count_participants),
    *(simulation.play, simulation.draw, simulation.rates, simulation.calibrate),
)
SHOWN = (drift, estimate, evidence, intervals, laws, pooling, market, stability, deferred_acceptance, couples)


def section(text: str, title: str) -> str:
    """What stands under a heading of a numpydoc docstring."""
    found = re.search(rf"^{title}\n-{{{len(title)}}}\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.M | re.S)
    return found[1] if found else ""


@pytest.mark.parametrize("function", CORE, ids=lambda function: f"{function.__module__}.{function.__name__}")
def test_every_parameter_and_what_is_returned_is_told(function):
    text = inspect.getdoc(function)
    told = re.findall(r"^([*\w][*\w, ]*?)(?: :.*)?$", section(text, "Parameters"), re.M)
    named = [name.strip("* ") for names in told for name in names.split(",")]
    assert named == [name for name in inspect.signature(function).parameters if name != "self"]
    assert section(text, "Returns").strip()


@pytest.mark.parametrize("module", SHOWN, ids=lambda module: module.__name__)
def test_the_examples_run(module):
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
