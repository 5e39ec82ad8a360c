"""Time and memory of 200 reports: `python -m benchmarks.reports [pdf|html]`."""

import resource
import sys
import time
from datetime import date

from etl.build import ensure
from etl.paths import Paths
from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.catalog.database import open_catalog
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import Plan
from matchatlas.report import html, pdf
from matchatlas.report.build import build
from matchatlas.report.consultation import preset_scenarios
from matchatlas.road.roadmap import expected_year

COUNT = 200
NAMES = ("Aisha Rahman", "محمد عبد الله", "प्रिया शर्मा", "王小明")


def main() -> None:
    """Make the reports and print seconds and the memory that they added, in MiB."""
    ensure(Paths())
    catalog = open_catalog()
    model, today = fit(EstimatorTables.of(catalog)), date.today()
    year = expected_year(today)
    render = html.render if "html" in sys.argv else pdf.render
    specialties = list(catalog.specialties()["specialty"])
    before, each = _peak(), []
    for number in range(COUNT):
        person = Applicant(
            applicant_type=APPLICANT_TYPES[number % len(APPLICANT_TYPES)],
            specialty=specialties[number % len(specialties)],
            step2_ck=220 + number % 50,
            contiguous_ranks=1 + number % 20,
        )
        plan = Plan(
            applicant=person,
            client=NAMES[number % len(NAMES)],
            applications=1 + number,
            scenarios=preset_scenarios(person, year),
        )
        start = time.perf_counter()
        render(build(plan, model, catalog, year, today))
        each.append(time.perf_counter() - start)
    print(
        f"{COUNT} reports in {sum(each):.1f} s: the first {each[0]:.2f} s, median "
        f"{sorted(each)[COUNT // 2]:.2f} s, slowest {max(each):.2f} s. Memory at most "
        f"{_peak():.0f} MiB, {_peak() - before:.0f} of it for the reports."
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
