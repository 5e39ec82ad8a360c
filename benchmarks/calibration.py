"""The calibration table: the estimator on published counts it has not seen.

`python -m benchmarks.calibration` prints it; with `--write` it replaces the table in README.md.
"""

import sys
import time

import numpy as np
import pandas as pd

from etl.build import ensure
from etl.paths import ROOT, Paths
from matchatlas.applicant import Applicant
from matchatlas.calibration import as_markdown, report
from matchatlas.catalog import open_catalog
from matchatlas.estimator import fit

BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"


def timings(tables) -> str:
    """Seconds of a fit, of one estimate and of 100,000 at once, as one sentence."""
    start = time.perf_counter()
    model = fit(tables)
    fitted = time.perf_counter() - start
    profile = Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=250,
                        contiguous_ranks=8)  # fmt: skip
    start = time.perf_counter()
    for _ in range(50):
        model.estimate(profile)
    one = (time.perf_counter() - start) / 50
    draw = np.random.default_rng(0)
    many = pd.DataFrame({"step2_ck": draw.integers(215, 280, 100_000),
                         "contiguous_ranks": draw.integers(1, 20, 100_000)})  # fmt: skip
    start = time.perf_counter()
    model.estimate_many("Non-US IMG", "Internal Medicine", many)
    batch = time.perf_counter() - start
    return f"Fit {fitted:.2f} s, one estimate {1000 * one:.1f} ms, 100,000 estimates {batch:.3f} s."


def main() -> None:
    """Print the table and the timings; write the table into the README on request."""
    ensure(Paths())
    tables = open_catalog().estimator_tables()
    table = as_markdown(report(tables))
    print(table)
    print(timings(tables))
    if "--write" in sys.argv:
        readme = ROOT / "README.md"
        text = readme.read_text()
        head, rest = text.split(BEGIN)
        readme.write_text(f"{head}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
