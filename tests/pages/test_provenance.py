"""What the small print says of where figures were read: no more than is known."""

import pandas as pd
import pytest

from matchatlas.catalog.provenance import Reading, judged, readings, told
from tests.pages.test_pages import open_page

NRMP = "https://www.nrmp.org"


def sources(*read_from):
    return pd.DataFrame({"read_from": read_from, "url": NRMP})


@pytest.mark.parametrize(
    ("read_from", "expected"),
    [
        ("nrmp.org/about/news/2023/02/", [("nrmp.org", "own")]),
        (
            "annualreport.nrmp.org/a ; news.example.org/b",
            [("annualreport.nrmp.org", "own"), ("news.example.org", "transcription")],
        ),
        ("prnewswire.com/news-releases/x.html", [("prnewswire.com", "own")]),
        ("notnrmp.org/a", [("notnrmp.org", "transcription")]),
        (
            "github someone/some_data data/a.json @fe186f4 (Total PGY-1 row)",
            [("someone/some_data on GitHub", "transcription")],
        ),
        (
            "summed over states from github someone/some_data Results_2025.pdf",
            [("someone/some_data on GitHub", "copy")],
        ),
        ("someone/some_data@55e09b3:Impact.pdf", [("someone/some_data on GitHub", "copy")]),
        ("scribd.com/document/1", [("scribd.com", "copy")]),
        ("active count: www.example.com/a", [("example.com", "transcription")]),
        ("public GitHub file", [("", "transcription")]),
        ("", []),
    ],
)
def test_a_copy_is_called_what_it_is(read_from, expected):
    assert readings(read_from, NRMP) == tuple(Reading(*pair) for pair in expected)


def test_a_third_partys_copy_is_never_called_the_publishers():
    said = told(sources("whitecoatpockets.com/2022/", "nrmp.org/a"))
    assert "As transcribed by whitecoatpockets.com, not checked against the original." in said
    assert "◐ 1 of 2 publications rest on a single reading." in said
    assert told(sources("nrmp.org/a")) == "Read on the publisher's own pages."
    assert told(sources(None)) == "Read on the publisher's own pages.", "a file of the publisher's"
    assert "◐ A single reading" in told(sources("public GitHub file"))
    assert "◐" not in told(sources("a.example.com/x ; b.example.com/y"))


def test_the_copy_read_most_is_named_first_and_the_rest_is_counted():
    said = told(sources("a.com/1", "b.com/1", "b.com/2", "c.com/1", "d.com/1", "public file"))
    assert "by b.com, a.com, an unnamed copy and 2 others (Data page)," in said


@pytest.mark.parametrize(
    ("rows", "mark"),
    [
        ({"trust": ["confirmed", "single", "single"]}, "◐ 2 of 3 rows rest on a single reading."),
        ({"confirmed": [False, False]}, "◐ A single reading: no second copy was compared."),
        ({"trust": ["confirmed"]}, ""),
    ],
)
def test_rows_judged_one_by_one_go_before_their_publications(rows, mark):
    assert told(sources("a.com/1"), judged(pd.DataFrame(rows))).endswith(mark or "original.")


def test_every_publication_says_what_is_known_and_no_title_is_a_note_to_oneself(catalog):
    known = catalog.sources()
    for row in known.itertuples():
        assert told(known.loc[[row.Index]])
    notes = r"\brepo\b|inferred|as quoted|as summari|as tabulated|probably|the blog|not named"
    assert known[known["title"].str.contains(notes)]["title"].tolist() == []


def test_a_page_says_who_transcribed_its_figures():
    app = open_page("specialties.py")
    lines = [mark.value for mark in app.markdown if mark.value.startswith(":small[Source: ")]
    assert lines
    assert all("As transcribed by" in line or "Read " in line for line in lines)
