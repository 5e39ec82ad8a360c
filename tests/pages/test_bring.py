"""A report that a visitor brings: read beside the server, checked as ever, theirs alone."""

import pytest

from etl import brought
from etl.problems import DataError
from matchatlas.web import bring
from tests.etl import documents
from tests.etl.test_pdf import one_page
from tests.pages.test_pages import open_page


def report(tmp_path, seed=4):
    printed = documents.program_pdf(tmp_path / "report.pdf", seed)
    return printed, (tmp_path / "report.pdf").read_bytes()


def upload(app, content, name="report.pdf"):
    box = next(box for box in app.get("file_uploader") if box.label.startswith("The report"))
    return box.upload(name, content, "application/pdf").run(timeout=60)


def test_programs_of_a_report_have_specialty_level_and_every_match(tmp_path):
    printed, content = report(tmp_path)
    read = brought.read(content, "report.pdf")
    assert read.table == bring.PROGRAMS
    assert read.matches == [2027, 2028, 2029, 2030, 2031]
    assert len(read.rows) == sum(pair is not None for program in printed for pair in program["pairs"])
    assert set(read.rows["level"]) == {"PGY-1", "PGY-1 preliminary"}
    assert "Medicine-Pediatrics" in set(read.rows["specialty"])
    assert not {"source_id", "file", "line"} & set(read.rows)


@pytest.mark.parametrize("kind", ["programs", "states"])
def test_what_was_saved_can_be_brought_again(tmp_path, kind):
    content = report(tmp_path)[1]
    if kind == "states":
        documents.state_pdf(tmp_path / "states.pdf", 2, title="2031 Main Residency Match")
        content = (tmp_path / "states.pdf").read_bytes()
    read = brought.read(content, "report.pdf")
    again = brought.read(bring._saved(read), "saved.csv")
    assert again.table == read.table
    assert again.rows.astype(str).to_dict("list") == read.rows.astype(str).to_dict("list")


def test_a_report_that_is_short_of_a_published_total_is_taken_only_knowingly(tmp_path, monkeypatch):
    documents.state_pdf(tmp_path / "states.pdf", 2, title="2025 Main Residency Match")
    content = (tmp_path / "states.pdf").read_bytes()
    with pytest.raises(DataError, match="not whole, or was misread"):
        brought.read(content, "states.pdf")
    monkeypatch.setattr(brought, "LACKING", 50_000)
    assert "published 43,237" in brought.read(content, "states.pdf").lacking


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"quota\n\xff\n", b"%PDF-1.4 truncated", b"quota,match_year\n1,x\n"]
)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(DataError, match="Mend:"):
        brought.read(content, "x.csv")


@pytest.mark.parametrize("name", ["..", "../../x.pdf", "a\0b.pdf", "/", "", "ü" * 300 + ".pdf"])
def test_whatever_a_file_is_called_it_is_read(tmp_path, name):
    assert len(brought.read(report(tmp_path)[1], name).rows)


def test_another_document_is_named(tmp_path):
    other = one_page(tmp_path / "main.pdf", [(60, 60, "Results and Data 2031")]).read_bytes()
    with pytest.raises(DataError, match=r"this is \*Results and Data\*; bring one of them"):
        brought.read(other, "main.pdf")


def test_the_finder_has_the_programs_of_the_report_for_this_visit_alone(tmp_path):
    printed, content = report(tmp_path)
    app = upload(open_page("programs.py", program_specialties="Internal Medicine"), content)
    assert not app.exception
    newest = {p["code"] for p in printed if p["pairs"][0] and p["code"][4:8] == "140C"}
    assert set(app.dataframe[-1].value["code"]) == newest
    assert any("your own copy, report" in mark.value for mark in app.markdown)
    other = open_page("programs.py")
    assert bring.HELD not in other.session_state
    next(button for button in app.button if button.label == "Forget it").click().run(timeout=60)
    assert any("Programs by name are not on this site" in note.value for note in app.info)


def test_places_shows_a_report_by_state(tmp_path):
    printed = documents.state_pdf(tmp_path / "states.pdf", 2, title="2031 Main Residency Match")
    app = upload(open_page("places.py"), (tmp_path / "states.pdf").read_bytes(), "states.pdf")
    assert not app.exception
    shown = app.dataframe[-1].value
    assert len(shown) == len(printed)
    assert shown["offered"].sum() == sum(int(row["positions_offered"]) for row in printed)


def test_what_is_refused_is_told_on_the_page(tmp_path):
    app = upload(open_page("programs.py"), b"%PDF-1.4 truncated", "broken.pdf")
    assert any("broken" in error.value and "whole PDF" in error.value for error in app.error)
    app = upload(open_page("programs.py"), b"x" * (brought.LARGEST + 1), "large.pdf")
    assert any("more than 5 MB" in error.value for error in app.error)
