"""The report: the same figures on the page, in the PDF and in the HTML; every name as it is written."""

import logging
import re
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pdfplumber
import pytest
from pdfminer.pdftypes import resolve1
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import Plan, Scenario, Tutor, save
from matchatlas.report import html, pdf
from matchatlas.report.__main__ import main
from matchatlas.report.batch import file_name
from matchatlas.report.build import build
from matchatlas.report.consultation import preset_scenarios
from matchatlas.report.logo import LARGEST_FILE, LogoError, read_logo
from matchatlas.road.roadmap import expected_year
from matchatlas.text import clean
from tests.pages.test_consultation import upload
from tests.pages.test_pages import open_page

TODAY = date.today()
YEAR = expected_year(TODAY)
PERSON = Applicant(
    applicant_type="Non-US IMG",
    specialty="Internal Medicine",
    step2_ck=245,
    contiguous_ranks=6,
    research_experiences=2,
    visa_need="J-1",
    ecfmg_expected=date(YEAR, 4, 5),
    target_match_year=YEAR,
)
PLAN = Plan(
    applicant=PERSON,
    client="Aisha Rahman",
    applications=60,
    scenarios=preset_scenarios(PERSON, YEAR),
    tutor=Tutor(name="Dr. Lee", closing_note="First line.\nSecond line."),
)
HOSTILE = '#panic("x") *b* $1$ @a <b>&amp;</b> <script>alert(1)</script> `r` \\ //c {{ 7*7 }}'
NAMES = {
    "محمد عبد الله": "NotoSansArabic",
    "प्रिया शर्मा": "NotoSansDevanagari",
    "王小明": "NotoSansCJK",
    "Иван Петров": "NotoSans-",
    "Nguyễn Thị Ánh": "NotoSans-",
    "김민수": "NotoSansCJK",
    "שרה כהן": "NotoSansHebrew",
    HOSTILE: "NotoSans-",
}


@pytest.fixture(scope="module")
def model(catalog):
    return fit(EstimatorTables.of(catalog))


@pytest.fixture(scope="module")
def content_of(catalog, model):
    return lambda plan: build(plan, model, catalog, YEAR, TODAY)


@pytest.fixture(scope="module")
def content(content_of):
    return content_of(PLAN)


@pytest.fixture(scope="module")
def printed(content):
    return pdf.render(content)


def text_of(document: bytes) -> str:
    """The words of a PDF in the order of its content, cells and lines parted by blanks."""
    words = []
    with pdfplumber.open(BytesIO(document)) as opened:
        for page in opened.pages:
            last = None
            for char in page.chars:
                if last and (abs(char["top"] - last["top"]) > 2 or char["x0"] - last["x1"] > 1.5):
                    words.append(" ")
                words.append(char["text"])
                last = char
            words.append(" ")
    return " ".join("".join(words).split())


class Reader(HTMLParser):
    """The words of an HTML file, its tags and attributes."""

    def __init__(self, document: bytes):
        super().__init__()
        self.words, self.tags, self.attributes = [], set(), []
        self.feed(document.decode())
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def told_figures(content) -> list[str]:
    """Every figure of a report, as it is worded."""
    told = [content.evidence.counted, *content.also, *content.beside, content.fees, *content.evidence.moves]
    for odds in (content.evidence.base, content.chosen.odds):
        told.append(odds.sentence.split("; ", 1)[1])
    for option in content.options:
        told += [option.odds.rate, option.odds.interval]
        told += [option.difference, option.cost, option.roadmap, *option.changes]
    told += [f"{points:+.1f}" for _, points in content.evidence.steps]
    told += [word for task in content.tasks for word in (task.title, task.by, task.state)]
    told += [word for event in content.dates for word in (event.day, event.event, event.kind)]
    return [*filter(None, told), *content.sources, content.build]


def page_text() -> str:
    app = upload(open_page("consultation.py"), save(PLAN))
    assert not app.exception
    parts = [part.value for part in app.markdown]
    parts += [str(table.value.reset_index().to_csv(index=False)) for table in app.table]
    parts += [str(chart.proto) for chart in app.get("plotly_chart")]
    return " ".join(" ".join(parts).replace("\\", "").split())


def test_page_pdf_and_html_have_the_same_figures(content, printed):
    on_page, in_pdf = page_text(), text_of(printed)
    in_html = Reader(html.render(content)).text
    figures = told_figures(content)
    assert len(figures) > 80
    assert all(option.odds.sentence in on_page for option in content.options)
    for place in (on_page, in_pdf, in_html):
        assert [figure for figure in figures if figure not in place] == []
    # And the PDF has no figure of its own, but for its axes' ticks.
    for found in re.findall(r"[+-]?\d[\d,.]* (?:%|points)|\$[\d,]+", in_pdf):
        assert found in on_page or found in {f"{tick} %" for tick in (0, 25, 50, 75, 100)}, found


@pytest.mark.parametrize(("name", "font"), NAMES.items(), ids=str)
def test_every_name_appears_as_it_is_written(content_of, name, font):
    content = content_of(LEAST.model_copy(update={"client": name}))
    document = pdf.render(content)
    with pdfplumber.open(BytesIO(document)) as opened:
        assert opened.metadata["Title"].startswith(name + ":")
        heading = [char for char in opened.pages[0].chars if char["size"] > 20]
        assert {c for c in name if not c.isspace()} <= set("".join(c["text"] for c in heading))
        assert any(font in char["fontname"] for char in heading)
        for page in opened.pages:
            for font_file in embedded(page):
                assert font_file
    # A box for a missing glyph (.notdef) is what the accessibility standard refuses.
    assert "no glyph" not in text_of(document)
    read = Reader(html.render(content))
    assert " ".join(name.split()) in read.text
    assert not read.tags & {"script", "img"}


def embedded(page):
    """The font files of a page's fonts, None for one that is not embedded."""
    for font in resolve1(resolve1(page.page_obj.resources)["Font"]).values():
        inner = resolve1(resolve1(resolve1(font)["DescendantFonts"])[0])
        descriptor = resolve1(inner["FontDescriptor"])
        yield descriptor.get("FontFile2") or descriptor.get("FontFile3")


def test_what_is_typed_comes_out_literally_everywhere(content_of):
    plan = Plan(
        applicant=PERSON,
        client=HOSTILE,
        tutor=Tutor(name=HOSTILE, closing_note=HOSTILE),
        scenarios=[Scenario(name=HOSTILE[:80], applicant=PERSON)],
    )
    content = content_of(plan)
    assert text_of(pdf.render(content)).count(HOSTILE) >= 3
    read = Reader(html.render(content))
    assert read.text.count(HOSTILE) >= 3
    assert "script" not in read.tags


def test_a_character_without_glyph_is_said(content_of):
    content = content_of(PLAN.model_copy(update={"client": "A \U00013000"}))
    assert "has no glyph in the fonts" in text_of(pdf.render(content))


def test_characters_that_no_document_can_hold_are_left_out(content_of):
    assert clean("A\x00\u200dB\ud800\nC\x0bD") == "A\u200dB\nC\nD"
    scenario = Scenario(name="a\x00b\x07c", applicant=PERSON.model_copy(update={"step2_ck": 250}))
    content = content_of(PLAN.model_copy(update={"client": "x\x01y", "scenarios": (scenario,)}))
    assert "abc" in text_of(pdf.render(content))
    assert b"\x01" not in html.render(content)


def test_the_pdf_is_accessible(printed):
    with pdfplumber.open(BytesIO(printed)) as opened:
        catalog = opened.doc.catalog
        assert opened.metadata["Title"] == f"Aisha Rahman: Internal Medicine, Match of {YEAR}"
    assert catalog["Lang"] == b"en"
    assert resolve1(catalog["MarkInfo"])["Marked"] is True
    assert resolve1(catalog["ViewerPreferences"])["DisplayDocTitle"] is True
    assert {"Figure", "H1", "H2", "Table", "TH", "L"} <= tags(resolve1(catalog["StructTreeRoot"]))


def tags(part) -> set[str]:
    """The names of all structure elements below one."""
    part = resolve1(part)
    if not isinstance(part, dict):
        return set()
    below = resolve1(part.get("K", []))
    found = {part["S"].name} if "S" in part else set()
    if part.get("S") and part["S"].name == "Figure":
        assert part["Alt"]
    return found.union(*map(tags, below if isinstance(below, list) else [below]))


LEAST = Plan(applicant=Applicant(applicant_type="US MD Graduate", specialty="Dermatology"))
MOST = Plan(
    applicant=PERSON.model_copy(
        update={
            name: 3
            for name in Applicant.model_fields
            if name.endswith(("experiences", "publications", "months", "letters", "ranked", "graduation"))
        }
        | {"ecfmg_certified": False, "step1_first_attempt_pass": True}
        | {"second_specialty": "Physical Medicine and Rehabilitation", "second_ranks": 3}
    ),
    client="Wilhelmina " * 10,
    applications=1000,
    scenarios=[
        Scenario(name=f"{number} " + "long name " * 7, applicant=scenario.applicant)
        for number, scenario in enumerate(PLAN.scenarios)
    ],
    tutor=Tutor(name="Tutor " * 20, closing_note="A long closing note. " * 40 + "x\n" * 80),
)


@pytest.mark.parametrize("paper", pdf.PAPERS)
@pytest.mark.parametrize("plan", [LEAST, PLAN, MOST], ids=["least", "usual", "most"])
def test_it_has_two_to_four_pages_on_both_papers(content_of, paper, plan):
    with pdfplumber.open(BytesIO(pdf.render(content_of(plan), paper))) as opened:
        assert 2 <= len(opened.pages) <= 4
        size = {"a4": (595, 842), "letter": (612, 792)}[paper]
        assert (round(opened.pages[0].width), round(opened.pages[0].height)) == size
        for page in opened.pages:
            assert all(char["x0"] >= 0 and char["x1"] <= page.width for char in page.chars)


def test_charts_are_vectors(printed):
    with pdfplumber.open(BytesIO(printed)) as opened:
        assert not any(page.images for page in opened.pages)
        assert sum(len(page.curves) for page in opened.pages) >= 100  # the hundred dots alone


def test_charts_have_their_labels(printed):
    for label in ("Base rate", "Estimate", "A This profile", "25 %"):
        assert label in text_of(printed)


def test_the_html_fetches_nothing(content):
    logo = read_logo(picture("PNG"))
    read = Reader(html.render(content, logo))
    assert not read.tags & {"script", "link", "iframe", "object", "embed", "a", "form"}
    links = [value for name, value in read.attributes if name in ("src", "href", "srcset", "xlink:href")]
    assert len(links) == 1 and links[0].startswith("data:image/png;base64,")
    styles = " ".join(read.words)
    assert "url(" not in styles and "@import" not in styles


def picture(kind: str, size=(300, 100)) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, "#005A8C").save(kept, kind)
    return kept.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_stands_in_the_pdf(content, kind):
    with pdfplumber.open(BytesIO(pdf.render(content, logo=read_logo(picture(kind))))) as opened:
        assert len(opened.pages[0].images) == 1


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        (b"<svg/>", "no whole PNG or JPEG"),
        (picture("GIF"), "no whole PNG or JPEG"),
        (picture("PNG")[:150], "no whole PNG or JPEG"),
        (b"", "no whole PNG or JPEG"),
        (picture("PNG", (8000, 4000)), "8000 x 4000 pixels; save it smaller"),
        (b"x" * (LARGEST_FILE + 1), "2,000,001 bytes; it may have 2,000,000"),
    ],
)
def test_what_is_no_logo_says_why(spoiled, message):
    with pytest.raises(LogoError, match=message):
        read_logo(spoiled)


def test_nothing_personal_is_logged(content, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        pdf.render(content)
        html.render(content)
    captured = capfd.readouterr()
    assert "Aisha" not in caplog.text + captured.out + captured.err


ROWS = """name,applicant_type,specialty,step2_ck,applications,ecfmg_certified
"Rahman, Aisha",Non-US IMG,Internal Medicine,245,60,no
Wrong,Non-US IMG,Internal Medcine,245,,
Worse,Wizard,Internal Medicine,999,0,perhaps
Short,US IMG

王小明,US MD Graduate,Dermatology,,,
"""


def run(tmp_path, rows, *options):
    file = tmp_path / "profiles.csv"
    file.write_bytes(rows if isinstance(rows, bytes) else rows.encode("utf-8-sig"))
    app = Typer()
    app.command()(main)
    return CliRunner().invoke(app, [str(file), "--out", str(tmp_path / "out"), *options])


@pytest.mark.parametrize("format", ["pdf", "html"])
def test_a_batch_tells_bad_rows_and_makes_the_rest(tmp_path, format):
    done = run(tmp_path, ROWS, "--format", format, "--tutor", "Dr. Lee")
    assert done.exit_code == 1
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == [f"0002-rahman-aisha.{format}", f"0007-王小明.{format}"]
    assert "2 of 5 reports are in" in done.output
    for told in (
        "row 3, column specialty: the tables know no 'Internal Medcine'; nearest known: Internal Medicine",
        "row 4, column applicant_type: Input should be 'US MD Senior'",
        "row 4, column step2_ck: A Step 2 CK score",
        "row 4, column applications: The number of programs applied to must be a whole number",
        "row 4, column ecfmg_certified: write yes or no",
        "row 5, column all: a row has 6 cells, as the header: it is 2 cells",
    ):
        assert told in done.output
    assert not any(name in done.output for name in ("Aisha", "Wrong", "Worse", "王"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("name,applicant_type,specialtyy\n", "column specialtyy"),
        ("name,specialty\n", "there is a column applicant_type"),
        ("name,name,applicant_type,specialty\n", "column name. Rule: a column stands once"),
        ("name,applicant_type,specialty\n", "no profile below its header"),
        ("", "is not empty"),
        (b"\xff\xfe\x00", "is whole text (UTF-16)"),
        ('applicant_type,specialty\n"US IMG', "has balanced quotes"),
    ],
)
def test_a_file_that_is_no_batch_says_why(tmp_path, rows, message):
    done = run(tmp_path, rows)
    assert done.exit_code == 2
    assert message in done.output
    assert not (tmp_path / "out").exists()


def test_a_good_batch_ends_well(tmp_path):
    assert run(tmp_path, "applicant_type,specialty\nUS IMG,Pathology\n").exit_code == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "CON", "a/b\\c:d*?", "." * 300, "名" * 200, "\x00"])
def test_file_names_are_safe(name):
    made = file_name(12, name, "pdf")
    assert re.fullmatch(r"0012(-[\w-]+)?\.pdf", made)
    assert len(made.encode()) <= 255
