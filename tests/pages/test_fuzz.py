"""Random links, clicks and files: no page breaks, no file is met by anything but a clear refusal."""

from benchmarks.fuzz import UPLOADS, links, uploads
from matchatlas.plan import PlanError, read


def test_no_page_breaks_on_random_links_and_clicks():
    assert list(links(runs=200, seed=20260320)) == []


def test_hostile_files_are_refused_clearly():
    assert list(uploads(6 * len(UPLOADS), seed=20260320)) == []


def test_most_hostile_files_are_refused():
    """The generator is hostile indeed: a spoiled plan that is still a plan is the exception."""
    import random

    chance, refused = random.Random(1), 0
    for number in range(110):
        try:
            read(UPLOADS[number % len(UPLOADS)](chance))
        except PlanError:
            refused += 1
    assert refused > 90
