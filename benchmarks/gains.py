"""What each remedy gives: the same work as it was done before and as it is done now, in one run."""

import asyncio
import gc
import time
from collections.abc import Callable
from statistics import median

from benchmarks.client import Visitor
from benchmarks.server import running
from benchmarks.table import Table
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.charts import published, style
from matchatlas.odds import chance
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.odds.what_if import over_specialties
from matchatlas.web import ui


def _milliseconds(work: Callable[[], object], prepare: Callable[[], object] = lambda: None) -> float:
    """Median processor time of this thread; `prepare` is not counted."""
    times = []
    for _ in range(7):
        prepare()
        started = time.thread_time()
        work()
        times.append(1000 * (time.thread_time() - started))
    return median(times)


def _forget_draws() -> None:
    for kept in (chance.normals, chance.correlations, chance.base_odds):
        kept.cache_clear()


def _first_run(**environment) -> float:
    """Median milliseconds of a first run of the start page, where others have been before."""

    async def visit(address: str) -> float:
        async with Visitor(address) as visitor:
            return 1000 * await visitor.open()

    with running(**environment) as (address, _):
        return median([asyncio.run(visit(address)) for _ in range(8)][1:])


def measure() -> Table:
    """One row a remedy."""
    catalog = open_catalog()
    model = fit(EstimatorTables.of(catalog))
    person = Applicant(
        applicant_type="Non-US IMG",
        specialty="Internal Medicine",
        step2_ck=250,
        contiguous_ranks=8,
        research_experiences=3,
    )
    fills = catalog.fills()
    fills = fills[fills["match_year"] == fills["match_year"].max()]
    everywhere = lambda: over_specialties(model, person)  # noqa: E731
    draw = lambda: published.stacked_fills(fills).to_dict()  # noqa: E731
    rows = [
        (
            "A first run of the start page",
            "waited for a search of all modules for changes",
            "files are not watched (.streamlit/config.toml)",
            _first_run(STREAMLIT_SERVER_FILE_WATCHER_TYPE="auto"),
            _first_run(),
        ),
        (
            "Garbage collection, one visitor",
            "all that is alive searched after every run",
            "when Python finds that garbage has come up",
            _milliseconds(gc.collect),
            "none",
        ),
        (
            "A chart of 270 rows for the browser",
            "drawn and written at every rerun",
            "kept by the rows it shows",
            _milliseconds(draw, style._drawn.clear),
            _milliseconds(draw),
        ),
        (
            "A chart's CSV",
            "written at every rerun",
            "written when it is asked for",
            _milliseconds(lambda: ui.to_csv(fills)),
            "none",
        ),
        (
            "The profile in every specialty",
            "its random numbers drawn anew",
            "kept by seed and name; the same bits",
            _milliseconds(everywhere, _forget_draws),
            _milliseconds(everywhere),
        ),
    ]
    return Table(
        "What was slow, and what was done",
        "Milliseconds before and after, measured in one run: of processor time on a rerun, but for the "
        "first row; the former way by its setting, or by forgetting what is kept. The scenarios on What-if are a fragment of their own: a change "
        "there reruns them alone, not the page.",
        ("what", "before", "now", "before ms", "now ms"),
        rows,
    )


if __name__ == "__main__":
    print(measure().markdown())
