"""The calibration table: the shipped estimator on published counts that were hidden from it.

`python -m benchmarks.calibration` prints it; with `--write` it replaces the table in README.md, what
the Method page shows (matchatlas/odds/held_out*.csv), and docs/reference/profiles.md.
"""

import sys
import time

import numpy as np
import pandas as pd

from benchmarks.profiles import as_markdown as profiles_as_markdown
from etl.build import ensure
from etl.paths import ROOT, Paths
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds import calibration, synthetic
from matchatlas.odds.estimator import EstimatorTables, fit

BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"


def timings(tables) -> str:
    """Processor seconds of a fit, one estimate, a page's curves and 100,000 profiles, as one sentence."""
    start = time.process_time()
    model = fit(tables)
    fitted = time.process_time() - start
    profile = Applicant(
        applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=250, contiguous_ranks=8
    )
    curves = {"step2_ck": range(220, 281, 5), "contiguous_ranks": range(1, 21)}
    draw = np.random.default_rng(0)
    many = pd.DataFrame(
        {"step2_ck": draw.integers(215, 280, 100_000), "contiguous_ranks": draw.integers(1, 20, 100_000)}
    )

    def milliseconds(what, times: int) -> float:
        what()
        start = time.process_time()
        for _ in range(times):
            what()
        return 1000 * (time.process_time() - start) / times

    one = milliseconds(lambda: model.estimate(profile), 200)
    page = milliseconds(lambda: model.curves(profile, curves), 20)
    batch = milliseconds(lambda: model.estimate_many("Non-US IMG", "Internal Medicine", many), 3)
    return (
        f"Fit {fitted:.1f} s, one estimate {one:.2f} ms, both curves of the What-if page {page:.1f} ms, "
        f"100,000 profiles {batch:.0f} ms, of processor time."
    )


def main() -> None:
    """Print the tables and the timings; write them into the repository on request."""
    ensure(Paths())
    tables = EstimatorTables.of(open_catalog())
    model = fit(tables)
    cells = calibration.held_out(tables)
    drawn = synthetic.table(model, tables)
    table = calibration.as_markdown(calibration.score(cells))
    bias = calibration.rank_bias(cells).round(1).to_string(index=False)
    print(table, bias, drawn.round(4).to_string(index=False), timings(tables), sep="\n\n")
    if "--write" in sys.argv:
        cells.round(4).to_csv(ROOT / "matchatlas/odds/held_out.csv", index=False)
        drawn.round(4).to_csv(ROOT / "matchatlas/odds/held_out_synthetic.csv", index=False)
        (ROOT / "docs/reference/profiles.md").write_text(profiles_as_markdown(model))
        readme = ROOT / "README.md"
        text = readme.read_text()
        head, rest = text.split(BEGIN)
        readme.write_text(f"{head}{BEGIN}\n{table}\n\n{timings(tables)}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
