"""The publisher's PDFs: what was printed comes back whole, what is short or of another kind is told."""

import random
from pathlib import Path

import pandas as pd
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import kept
from etl.add import Asked, add
from etl.build import build, ensure, live_build_id
from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.lineage import why
from etl.paths import ROOT, Paths, notes_of
from etl.problems import DataError
from etl.published import Accepted
from etl.readers import program_pdf, state_pdf
from etl.readers.reading import told_pages
from matchatlas.catalog.database import Catalog, open_catalog
from tests.etl import documents

CONTRACTS, NAMES = load_contracts(Paths()), Dimensions(Paths())
STATES, PROGRAMS = "positions_by_state_specialty_type", "program_positions"
SOURCE = "nrmp-2025-program-results"
REFERENCE = ROOT.parent / "shared/reference"
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PUBLISHED = {  # positions offered and filled of each Match, as the publisher's documents sum up to
    2016: (30750, 29572),
    2017: (31757, 30478),
    2018: (33167, 31899),
    2019: (35185, 33417),
    2020: (37256, 35258),
    2021: (38106, 36179),
    2022: (39205, 36943),
    2023: (40375, 37690),
    2024: (41503, 38941),
    2025: (43218, 40745),
}


@given(seed=st.integers(0, 10**6))
@FEW
def test_state_pdf_comes_back_whole(tmp_path, seed):
    path = tmp_path / "results.pdf"
    printed = documents.state_pdf(path, seed)
    rows = state_pdf.read(path, 2031, NAMES).rows
    found = rows[list(printed[0])].to_dict("records")
    assert [dict(row, level="") if row["level"].startswith("cut off") else row for row in found] == printed


@given(seed=st.integers(0, 10**6))
@FEW
def test_program_pdf_comes_back_whole(tmp_path, seed):
    path = tmp_path / "programs.pdf"
    printed = documents.program_pdf(path, seed)
    rows = program_pdf.read(path, 2031, NAMES).rows
    places = ["state", "institution", "city", "program"]
    found = {
        (row.code, row.match_year): (row.quota, row.filled, *(getattr(row, p) for p in places))
        for row in rows.itertuples()
    }
    assert len(found) == len(rows)
    assert found == {
        (program["code"], str(2031 - back)): (*map(str, pair), *(program[p] for p in places))
        for program in printed
        for back, pair in enumerate(program["pairs"])
        if pair
    }


def test_an_imported_pdf_appears_in_the_marts_and_stays_private(inputs, tmp_path):
    path = tmp_path / "results.pdf"
    printed = documents.state_pdf(path, 5)
    offered = sum(int(row["positions_offered"]) for row in printed)
    contract = CONTRACTS[STATES]
    with pytest.raises(DataError, match="add up to the published total"):
        add(inputs, Asked(contract, path, 2031, SOURCE, {"offered": offered + 1}))
    added = add(inputs, Asked(contract, path, 2031, SOURCE, {"offered": offered}))
    assert added.file.is_relative_to(inputs.imports)
    assert any("no published total is known" in note for note in added.notes)
    rows = Catalog(inputs.database.resolve()).table("state_specialty_types")
    assert rows.offered.sum() == offered
    assert len(rows) == len(printed)
    with pytest.raises(DataError, match="not there yet"):
        add(inputs, Asked(contract, path, 2031, SOURCE, {}))


def test_programs_get_their_specialty_and_level_from_their_code(inputs, tmp_path):
    path = tmp_path / "programs.pdf"
    documents.program_pdf(path, 3)
    add(inputs, Asked(CONTRACTS[PROGRAMS], path, 2031, SOURCE, {}))
    programs = Catalog(inputs.database.resolve()).table("programs")
    kind = programs["code"].str[4:8]
    assert kind.nunique() == 4
    names = {
        "140C": "Internal Medicine",
        "120C": "Family Medicine",
        "700C": "Medicine-Pediatrics",
        "140P": "Internal Medicine (Preliminary)",
    }
    assert (programs["specialty"] == kind.map(names)).all()
    assert programs["specialty_known"].all()
    assert set(programs["level"]) == {"PGY-1", "PGY-1 preliminary"}


def refused(inputs, path, table, year=2031, **kwargs) -> str:
    before = live_build_id(inputs)
    files = {file: file.read_bytes() for file in inputs.imports.rglob("*.csv")}
    with pytest.raises(DataError) as caught:
        add(inputs, Asked(CONTRACTS[table], path, year, SOURCE, {}, **kwargs))
    assert live_build_id(inputs) == before
    assert {file: file.read_bytes() for file in inputs.imports.rglob("*.csv")} == files
    return str(caught.value)


def test_what_is_short_of_the_published_total_is_refused_with_the_states(inputs, tmp_path):
    """The totals are those of our own tables where none is given."""
    ensure(inputs)
    path = tmp_path / "results.pdf"
    documents.state_pdf(path, 5, states=["Alabama", "Texas"])
    message = refused(inputs, path, STATES, 2025)
    assert "published 43,237 (match_totals)" in message
    assert "New York 5,105 short" in message
    assert "--accept-short" in message
    short = 43237 - int(message.split("'sum ")[1].split(",")[0].replace("'", ""))
    assert f"--accept-short {short} " in message
    assert "too many" not in message
    assert "positions_offered" in refused(inputs, path, STATES, 2025, accepted=Accepted(short - 1, "why"))


def test_what_the_document_itself_lacks_is_accepted_for_a_reason(inputs, tmp_path):
    path = tmp_path / "programs.pdf"
    documents.program_pdf(path, 8)
    rows = program_pdf.read(path, 2031, NAMES).rows
    newest = rows[rows["match_year"] == "2031"].astype({"quota": int, "filled": int})
    expected = {"offered": newest.quota.sum() + 3, "filled": newest.filled.sum() + 3}
    contract = CONTRACTS[PROGRAMS]
    with pytest.raises(DataError, match="accept-short 3"):
        add(inputs, Asked(contract, path, 2031, SOURCE, expected, accepted=Accepted(2, "two are lacking")))
    added = add(
        inputs, Asked(contract, path, 2031, SOURCE, expected, accepted=Accepted(3, "three are lacking"))
    )
    assert sum("accepted: three are lacking" in note for note in added.notes) == 2
    assert_kept_with_the_rows(inputs, added, "accepted: three are lacking")


def assert_kept_with_the_rows(inputs, added, accepted: str):
    """What was accepted is told wherever the rows are traced: lineage, history, the Data page."""
    place = added.file.relative_to(inputs.data.parent).as_posix()
    state = pd.read_csv(added.file)["state"].iloc[0]
    rows = why(inputs.database, Dimensions(inputs), state, 2031)
    assert rows
    assert all(row["notes"].count(accepted) == 2 for row in rows if row["file"] == place)
    assert all(row["notes"] is None for row in rows if row["file"] != place)
    assert kept.examine(inputs.database).notes.keys() == {place}
    files = open_catalog(inputs.database).input_files().set_index("file")["notes"]
    assert accepted in files[place] and files.drop(place).isna().all()
    before = live_build_id(inputs)
    notes_of(added.file).unlink()
    assert build(inputs).build_id != before, "what was accepted is an input as well"
    assert kept.examine(inputs.database).notes == {}


@pytest.mark.parametrize("newer_first", [False, True])
def test_the_newer_edition_has_the_matches_of_both(inputs, tmp_path, newer_first):
    editions = {2030: tmp_path / "older.pdf", 2031: tmp_path / "newer.pdf"}
    printed = {
        newest: documents.program_pdf(path, newest, newest=newest) for newest, path in editions.items()
    }
    for newest in sorted(editions, reverse=newer_first):
        add(inputs, Asked(CONTRACTS[PROGRAMS], editions[newest], newest, SOURCE, {}))
    programs = Catalog(inputs.database.resolve()).table("programs")
    quotas = programs.groupby("match_year")["quota"].sum()
    for match, newest in {2026: 2030, **{year: 2031 for year in range(2027, 2032)}}.items():
        pairs = (program["pairs"][newest - match] for program in printed[newest])
        assert quotas[match] == sum(pair[0] for pair in pairs if pair)
    refused(inputs, editions[2031], PROGRAMS)


def test_an_excerpt_does_not_take_over_from_a_whole_edition(inputs, tmp_path):
    whole, excerpt = tmp_path / "whole.pdf", tmp_path / "excerpt.pdf"
    documents.program_pdf(whole, 1, programs=200, newest=2030)
    documents.program_pdf(excerpt, 2, programs=2, newest=2031)
    add(inputs, Asked(CONTRACTS[PROGRAMS], whole, 2030, SOURCE, {}))
    assert "as whole as the one it takes over from" in refused(inputs, excerpt, PROGRAMS)


def test_a_takeover_that_fails_leaves_the_older_edition_as_it_was(inputs, tmp_path, monkeypatch):
    older, newer = tmp_path / "older.pdf", tmp_path / "newer.pdf"
    documents.program_pdf(older, 1, newest=2030)
    documents.program_pdf(newer, 2, newest=2031)
    file = add(inputs, Asked(CONTRACTS[PROGRAMS], older, 2030, SOURCE, {})).file
    before = file.read_bytes()
    monkeypatch.setattr("etl.add.build", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        add(inputs, Asked(CONTRACTS[PROGRAMS], newer, 2031, SOURCE, {}))
    assert file.read_bytes() == before
    assert list(inputs.imports.rglob("*.csv")) == [file]


def one_page(path, lines, **options) -> Path:
    """A PDF of one page with lines set at (x, y, text)."""
    document = FPDF(unit="pt", format="letter")
    document.add_page()
    if options.get("password"):
        document.set_encryption(owner_password="owner", user_password=options["password"])
    document.set_font("Helvetica", size=9)
    for x, y, line in lines:
        document.text(x, y, line)
    document.output(str(path))
    return path


def test_other_documents_are_named_with_the_table_to_export(inputs, tmp_path):
    ensure(inputs)
    main = one_page(
        tmp_path / "main.pdf", [(60, 60, "Results and Data"), (60, 80, "2031 Main Residency Match")]
    )
    message = refused(inputs, main, "applicants_by_type")
    assert "this is *Results and Data*" in message
    assert f"export the table “{CONTRACTS['applicants_by_type'].title}” as CSV or XLSX" in message
    assert "bring *Program Results*" in refused(inputs, main, PROGRAMS)
    older = one_page(
        tmp_path / "older.pdf",
        [
            (60, 60, "2009 Match Results by State and Specialty"),
            (60, 90, "ALABAMA   Pos.  Filled  US Sr  Osteo  Can  5thP"),
        ],
    )
    assert "this is another layout" in refused(inputs, older, STATES)
    documents.program_pdf(tmp_path / "programs.pdf", 1)
    message = refused(inputs, tmp_path / "programs.pdf", STATES)
    assert "this is *Program Results*; its rows go to --table program_positions" in message


@pytest.mark.parametrize("table", [STATES, PROGRAMS, "applicants_by_type"])
def test_locked_broken_and_scanned_documents_are_told_as_such(inputs, tmp_path, table):
    ensure(inputs)
    locked = one_page(tmp_path / "locked.pdf", [(60, 60, "Program Results")], password="user")
    assert "opens without a password" in refused(inputs, locked, table)
    assert "holds text" in refused(inputs, one_page(tmp_path / "scan.pdf", []), table)
    whole = tmp_path / "whole.pdf"
    documents.state_pdf(whole, 1)
    whole.write_bytes(whole.read_bytes()[:3000])
    assert "Mend:" in refused(inputs, whole, table)


def test_a_document_of_another_match_is_refused(tmp_path):
    path = tmp_path / "results.pdf"
    documents.state_pdf(path, 1, title="2030 Main Residency Match")
    assert len(state_pdf.read(path, 2030, NAMES).rows)
    with pytest.raises(DataError, match="the document is of 2030: give --year 2030"):
        state_pdf.read(path, 2031, NAMES)


ROW = "Family Medicine (PGY-1)"


@pytest.mark.parametrize(
    ("numbers", "part"),
    [
        (["6", "6", "3", "0", "1", "0", "1", "0", "0", "50.0", "100"], "add up to the filled"),
        (["6", "7", "3", "0", "1", "0", "1", "2", "0", "50.0", "117"], "among those offered"),
        (["6", "6", "3", "0", "1", "0", "1", "1", "0", "40.0", "100"], "percentages agree"),
        (["6", "6", "3", "0", "1", "0", "1", "1", "50.0", "100"], "nine counts and two percentages"),
    ],
)
def test_a_row_that_is_not_sound_is_refused_with_its_page(tmp_path, numbers, part):
    path = tmp_path / "results.pdf"
    documents.state_pdf_of(path, [("Texas", [(ROW, numbers)])])
    with pytest.raises(DataError, match=part) as caught:
        state_pdf.read(path, 2031, NAMES)
    assert "results.pdf, page 1, Texas" in str(caught.value)


def test_printed_totals_are_checked_and_left_out(tmp_path):
    path = tmp_path / "results.pdf"
    row = ["6", "6", "3", "0", "1", "0", "1", "1", "0", "50.0", "100"]
    documents.state_pdf_of(path, [("Texas", [(ROW, row), ("Total", row)])])
    assert state_pdf.read(path, 2031, NAMES).rows["specialty"].tolist() == ["Family Medicine"]
    documents.state_pdf_of(path, [("Texas", [(ROW, row), ("Texas Total", ["7", *row[1:9], "42.9", "85.7"])])])
    with pytest.raises(DataError, match="printed total is the sum of its rows"):
        state_pdf.read(path, 2031, NAMES)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("DISTRICT OF COLU", "District of Columbia"),
        ("COLUMBIA", "District of Columbia"),
        ("PUERTO RICO (cont", "Puerto Rico"),
        ("WEST VIRG", "West Virginia"),
        ("VIRGINIA", "Virginia"),
    ],
)
def test_a_clipped_state_is_the_one_that_begins_or_ends_so(tmp_path, printed, meant):
    row = ["6", "6", "3", "0", "1", "0", "1", "1", "0", "50.0", "100"]
    path = tmp_path / "results.pdf"
    documents.state_pdf_of(path, [(printed, [(ROW, row)])])
    assert state_pdf.read(path, 2031, NAMES).rows["state"].tolist() == [meant]
    documents.state_pdf_of(path, [("CAROLINA", [(ROW, row)])])
    with pytest.raises(DataError, match="a heading names a state"):
        state_pdf.read(path, 2031, NAMES)


def test_rows_cut_before_their_level_are_both_kept(inputs, tmp_path):
    row = ["6", "6", "3", "0", "1", "0", "1", "1", "0", "50.0", "100"]
    path = tmp_path / "results.pdf"
    cut = "Occupational & Environmental Med"
    documents.state_pdf_of(path, [("Utah", [(cut, row), (cut, row), ("Neurodevelopmental", row)])])
    added = add(inputs, Asked(CONTRACTS[STATES], path, 2031, SOURCE, {}))
    rows = Catalog(inputs.database.resolve()).table("state_specialty_types")
    assert added.rows == 3
    assert rows["offered"].sum() == 18
    assert sorted(rows["specialty"], reverse=True) == [
        *["Occupational and Environmental Medicine"] * 2,
        "Neurodevelopmental Disabilities",
    ]


def test_a_page_without_rows_is_told(tmp_path):
    path = tmp_path / "programs.pdf"
    document = documents.ProgramPdf(random.Random(1), 2031)
    document.front_matter()
    document.front_matter()
    for code in ("9001120C0", "9002120C0"):
        document.room(1e9)
        document.put(21, 60, "ALABAMA", size=12)
        document.institution("Made Up Hospital", "Mobile")
        document.program("Family Medicine", "", code, [(1, 1)] * 5)
        document.front_matter()
    document.pdf.output(path)
    notes = program_pdf.read(path, 2031, NAMES).notes
    assert notes[0] == "pages 1 to 2, 4 and 6: no row read"
    assert told_pages([3]) == "page 3"


@pytest.mark.parametrize("last", [("8", "--"), ("", "")])
def test_a_program_without_all_its_pairs_is_refused(tmp_path, last):
    path = tmp_path / "programs.pdf"
    document = documents.ProgramPdf(random.Random(1), 2031)
    document.room(1e9)
    document.put(21, 60, "ALABAMA", size=12)
    document.institution("Made Up Hospital", "Mobile")
    document.program("Family Medicine", "", "9001120C0", [("8", "8")] * 4 + [last])
    document.pdf.output(path)
    with pytest.raises(DataError, match=r"page 1.*5 pairs of quota and filled"):
        program_pdf.read(path, 2031, NAMES)


real = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the publisher's own documents do not lie beside the project"
)


@real
def test_the_publishers_by_state_document_comes_back_whole():
    rows = state_pdf.read(REFERENCE / "documents/by_state_specialty_type_2025.pdf", 2025, NAMES).rows
    assert len(rows) == 1353
    assert rows["positions_offered"].astype(int).sum() == 43237
    assert rows["positions_filled"].astype(int).sum() == 40764


@real
@pytest.mark.parametrize("edition", ["2016_2020", "2021_2025"])
def test_the_publishers_program_results_come_back_whole(edition):
    path = REFERENCE / f"documents/program_results_{edition}.pdf"
    rows = program_pdf.read(path, 2025, NAMES).rows.astype({"match_year": int, "quota": int, "filled": int})
    sums = rows.groupby("match_year")[["quota", "filled"]].sum()
    assert {year: tuple(row) for year, row in zip(sums.index, sums.to_numpy(), strict=True)} == {
        year: PUBLISHED[year] for year in sums.index
    }
    assert len(sums) == 5
    assert (rows[["institution", "city", "program"]] != "").all().all()
    # One institution's programs stand under one name, but for the few that were renamed.
    assert (rows.groupby(rows["code"].str[:4])["institution"].nunique() > 1).sum() <= 17
    codes = pd.read_csv(ROOT / "data/tables/nrmp/specialty_codes.csv", dtype=str)
    known = {(row.code, row.training): row.specialty for row in codes.itertuples()}
    training = rows["code"].str[7].map({"P": "preliminary", "M": "primary care"}).fillna("full")
    levels = {
        "C": "PGY-1",
        "M": "PGY-1",
        "P": "PGY-1 preliminary",
        "A": "PGY-2 advanced",
        "R": "PGY-2 physician (reserved)",
    }
    rows["specialty"] = list(map(known.get, zip(rows["code"].str[4:7], training, strict=True)))
    rows["level"] = rows["code"].str[7].map(levels)
    key = ["match_year", "state", "specialty", "level"]
    found = rows.groupby(key)[["quota", "filled"]].sum()
    cells = pd.read_csv(REFERENCE / "positions_by_state_specialty_2014_2025.csv").set_index(key)
    cells = cells.loc[
        cells.index.get_level_values(0).isin(sums.index), ["positions_offered", "positions_filled"]
    ]
    assert found.sort_index().to_numpy().tolist() == cells.sort_index().to_numpy().tolist()
    assert sorted(found.index) == sorted(cells.index)
