"""A section of docs/reference/performance.md that is measured by itself leaves the others as they stand."""

from benchmarks import report
from benchmarks.table import Table


def table(title: str, figure: float) -> str:
    return Table(title, "How it was measured.", ("what", "ms"), [("page", figure)]).markdown()


def test_a_table_takes_the_place_of_the_one_of_its_title_or_comes_last():
    text = "# Performance\n\nHead.\n\n" + "\n".join([table("One", 1.0), table("Two", 2.0)])
    assert report._with(text, table("One", 3.0)) == text.replace("| 1 |", "| 3 |")
    assert report._with(text, table("Two", 4.0)) == text.replace("| 2 |", "| 4 |")
    assert report._with(text, table("Three", 5.0)) == text + "\n" + table("Three", 5.0)


def test_every_table_of_the_document_has_a_section_that_writes_it():
    text = report.FILE.read_text("utf-8")
    assert report._with(text, table("Pages", 1.0)).count("\n## ") == text.count("\n## ")
