"""Tables as people have them: read as they are meant, told what is left out, refused where two
readings are possible."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from etl.contract import load_contracts
from etl.dimensions import Dimensions
from etl.paths import Paths
from etl.problems import DataError
from etl.readers import grid
from etl.readers.grid import Choice
from etl.tabular.figures import Ambiguous, figure
from etl.tabular.xlsx import kind_of, shown

CONTRACTS, DIMENSIONS = load_contracts(Paths()), Dimensions(Paths())
TYPES, SPECIALTIES, STATES = (
    "applicants_by_type",
    "positions_by_specialty_type",
    "positions_by_state_specialty",
)
HEADER = "Applicant Type,Active Applicants,Matched,Match Rate\n"
ROWS = "US MD Senior,20500,19200,93.7\nUS IMG,4700,3200,68.1\n"
FIGURES = [["20500", "19200", "93.7"], ["4700", "3200", "68.1"]]


def read(content: str | bytes, table: str = TYPES, **choice) -> grid.Reading:
    content = content.encode() if isinstance(content, str) else content
    return grid.read(content, "t.csv", CONTRACTS[table], DIMENSIONS, 2027, 10**9, Choice(**choice))


def refused(content: str | bytes, table: str = TYPES, **choice) -> str:
    with pytest.raises(DataError) as caught:
        read(content, table, **choice)
    assert "t.csv" in str(caught.value) and "Mend: " in str(caught.value)
    return str(caught.value)


def figures(reading: grid.Reading) -> list[list[str]]:
    return reading.rows[["active_applicants", "matched_pgy1", "match_rate_pct"]].to_numpy().tolist()


def book(**sheets: list[list]) -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def ods(rows: str, styles: str = "") -> bytes:
    """A workbook of OpenDocument with these rows, as XML."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            (
                '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s">'
                f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
                f'<table:table table:name="Sheet1">{rows}</table:table>'
                "</office:spreadsheet></office:body></office:document-content>"
            ),
        )
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_encoding_separator_and_line_ending(encoding, separator, ending):
    text = (HEADER + ROWS).replace(",", separator).replace("\n", ending)
    assert figures(read(text.encode(encoding))) == FIGURES


def test_excel_says_its_separator_and_windows_text_is_told():
    assert figures(read("sep=;\n" + (HEADER + ROWS).replace(",", ";"))) == FIGURES
    reading = read(("Matches 2026–2027,,,\n" + HEADER + ROWS).encode("cp1252"))
    assert figures(reading) == FIGURES
    assert "row 1 is not UTF-8" in reading.notes[0]
    assert "row 3" in refused(HEADER.encode() + b"US IMG,1,1,100\nUS\x81IMG,1,1,100\n")


@pytest.mark.parametrize(
    ("text", "whole", "decimal", "found"),
    [
        ("20,500", True, "", "20500"),
        ("1,234,567", False, "", "1234567"),
        ("20 500", True, "", "20500"),
        ("20\u00a0500", True, "", "20500"),
        ("20\u2009500", True, "", "20500"),
        ("20'500", True, "", "20500"),
        ("20.500", True, ",", "20500"),
        ("1.234.567", True, "", "1234567"),
        ("93,7", False, "", "93.7"),
        ("0,937", False, "", "0.937"),
        ("67,125", False, ",", "67.125"),
        ("67.125", False, "", "67.125"),
        ("1,234.5", False, "", "1234.5"),
        ("1.234,5", False, "", "1234.5"),
        ("20500.0", True, "", "20500"),
        ("68.08510638297872340425", False, "", "68.0851063829787"),
        ("−5", True, "", "-5"),
        ("68.1 %", False, "", "68.1"),
        ("4700†", True, "", "4700"),
        ("*4,700**", True, "", "4700"),
        ("4700¹²", True, "", "4700"),
        ("٤٧٠٠", True, "", "4700"),
        ("—", True, "", ""),
        ("NA", True, "", ""),
        ("n.a.", True, "", ""),
        ("**", True, "", ""),
        ("#N/A", True, "", ""),
        ("n=4,700", True, "", "n=4,700"),
        ("3,200 (68.1)", True, "", "3,200 (68.1)"),
        ("1.2E+3", True, "", "1.2E+3"),
    ],
)
def test_a_figure_is_read_as_it_is_meant(text, whole, decimal, found):
    assert figure(text, whole, decimal) == found


@pytest.mark.parametrize(
    ("text", "whole", "decimal"),
    [
        ("67,125", False, ""),
        ("67,125", False, "."),
        ("67,125", True, ","),
        ("67,125", True, "?"),
        ("20.500", True, ""),
        ("67.125", False, "?"),
    ],
)
def test_a_figure_with_two_readings_is_never_read(text, whole, decimal):
    with pytest.raises(Ambiguous) as two:
        figure(text, whole, decimal)
    assert set(two.value.args) == {text.replace(",", "").replace(".", ""), text.replace(",", ".")}


def test_decimal_commas_are_told_by_the_document_or_refused_with_both_readings():
    euro = "Applicant Type;Active Applicants;Matched;Match Rate\nUS MD Senior;20.500;19.200;93,7\nUS IMG;4.700;3.200;68,1\n"
    assert figures(read(euro)) == FIGURES
    message = refused(HEADER + 'US IMG,4700,3200,"67,125"\n')
    assert "row 2, column match_rate_pct: '67,125'" in message
    assert "write 67125 or 67.125" in message


def test_signs_that_are_not_seen_and_dashes_are_none_of_a_name():
    text = "Applicant Type,Specialty,Matched\nUS\u200b MD\u00a0Senior\u200f,Medicine–Pediatrics,300\n"
    rows = read(text, "matches_by_specialty").rows
    assert rows[["applicant_type", "specialty"]].to_numpy().tolist() == [
        ["US MD Senior", "Medicine-Pediatrics"]
    ]


def test_names_as_people_write_them_are_told():
    reading = read("Specialty,Level,Pos.,Filled\ninternal med,PGY-1,700,680\nOB/GYN,PGY-1,9,9\n", SPECIALTIES)
    assert reading.rows.specialty.tolist() == ["Internal Medicine", "Obstetrics and Gynecology"]
    assert "“internal med” as Internal Medicine" in reading.notes[0]


TOTALS = HEADER + (
    "US MD Senior,20500,19200,93.7\nUS DO Senior,8600,8000,93.0\n{seniors}"
    "US IMG,4700,3200,68.1\nNon-US IMG,12000,7000,58.3\n{imgs}{all}"
)


@pytest.mark.parametrize(
    "seniors", ["", "Subtotal seniors,29100,27200,\n", "U.S. schools together,29100,27200,93.5\n"]
)
@pytest.mark.parametrize("imgs", ["", "All IMGs,16700,10200,\n", "IMG (US + non-US),16700,10200,61.1\n"])
@pytest.mark.parametrize(
    "all_",
    [
        "",
        "Total,45800,37400,\n",
        "All U.S. and non-U.S. Total,45800,37400,\n",
        "Everyone,45800,37400,81.7\n",
        ",45800,37400,\n",
        "All applicants,45800,37400,81.7\n",
    ],
)
def test_totals_and_subtotals_of_any_name_are_checked_and_told(seniors, imgs, all_):
    reading = read(TOTALS.format(seniors=seniors, imgs=imgs, all=all_))
    groups = ["IMG (US + non-US)"] * imgs.startswith("IMG") + ["All applicants"] * all_.startswith("All app")
    assert reading.rows.applicant_type.tolist() == [
        "US MD Senior",
        "US DO Senior",
        "US IMG",
        "Non-US IMG",
        *groups,
    ]
    taken = sum(map(bool, (seniors, imgs, all_))) - len(groups)
    assert ("totals checked" in " ".join(reading.notes)) == bool(taken)


def test_a_total_printed_above_its_rows_is_checked_and_a_wrong_one_refused():
    above = HEADER + "Total,25200,22400,\n" + ROWS
    assert figures(read(above)) == FIGURES
    assert "row 2, column active_applicants: 'printed 25201, sum 25200'" in refused(
        above.replace("25200", "25201")
    )
    spoiled = TOTALS.format(seniors="", imgs="Subtotal IMGs,16701,10200,\n", all="")
    assert "row 6" in refused(spoiled)


def test_every_total_is_held_against_its_own_section():
    table = (
        "State,Specialty,Positions Offered,Positions Filled,institutions\n"
        "Alabama,Neurology,15,15,3\n{}Dermatology,5,5,2\nAlabama,Total,20,20,4\n"
        "Alaska,Family Medicine,12,7,1\nAlaska,Total,12,7,1\nTotal,,32,27,5\n"
    )
    reading = read(table.format("Alabama,"), STATES)
    assert len(reading.rows) == 3
    assert "row 4 “Total”, 6 “Total”, 7 “Total”" in reading.notes[0]
    assert "row 6, column positions_offered" in refused(
        table.format("Alabama,").replace("Alaska,Total,12", "Alaska,Total,13"), STATES
    )
    merged = read(
        table.format(",").replace("Alabama,Total", ",Total").replace("Alaska,Total", ",Total"), STATES
    )
    assert merged.rows.state.tolist() == ["Alabama", "Alabama", "Alaska"]
    assert "taken from the row above" in merged.notes[0]


def test_sections_under_a_heading_and_totals_by_any_small_name():
    table = (
        "State,Specialty,Positions Offered,Positions Filled,institutions\n"
        "Alabama,,,,\n,Neurology,15,15,3\n,Dermatology,5,5,2\n,{0},20,20,4\n"
        "Alaska,,,,\n,Family Medicine,12,7,1\n,Psychiatry,1,1,1\n,{0},13,8,1\n{1},,33,28,5\n"
    )
    for total, nation in (
        ("All", "United States"),
        ("All specialties in the state", "Total"),
        ("Subtotal", ""),
    ):
        reading = read(table.format(total, nation), STATES)
        assert reading.rows.state.tolist() == ["Alabama", "Alabama", "Alaska", "Alaska"]
        assert "totals checked, and left out: row 5" in " ".join(reading.notes)
        wrong = table.format(total, nation).replace("13,8,1", "14,8,1")
        if total == "Subtotal":
            assert "row 9" in refused(wrong, STATES)
        elif total == "All":  # a name that the tables know
            assert "rows of their own, though they count others again: row 9" in " ".join(
                read(wrong, STATES).notes
            )


def test_a_table_that_holds_sums_as_rows_keeps_them():
    text = "Specialty,Applicant Type,Matched,Unmatched,Total\n{}All,US MD Senior,9,3,12\n".format(
        "Neurology,US MD Senior,4,1,5\nDermatology,US MD Senior,5,2,7\n"
    )
    assert len(read(text, "seniors_ranking_one_specialty").rows) == 3


def test_a_misspelt_row_is_no_total_though_it_is_a_sum():
    text = "State,Specialty,Pos.,Filled,institutions\n" + "".join(
        f"Alabama,{name},{n},{n},1\n" for name, n in (("Neurology", 1), ("Dermatology", 1), ("Pathologie", 2))
    )
    assert read(text, STATES).rows.specialty.tolist()[-1] == "Pathologie"


def test_what_is_left_out_is_told_with_its_row():
    text = (
        "A made-up table,,,\n"
        + HEADER
        + ROWS
        + "Non-US IMG,,,\n"
        + HEADER
        + "US DO Senior,8600,8000,93.0\n* See note,page 4,,\nSource: made up,,,\n"
    )
    reading = read(text)
    assert reading.rows.index.tolist() == [3, 4, 7]
    told = "\n".join(reading.notes)
    for part in (
        "rows without figures: row 5 “Non-US IMG”",
        "the header again: row 6",
        "notes: row 8",
        "9 “Source",
    ):
        assert part in told
    assert (
        "left out, columns: Colour; column 5"
        in read("Applicant Type,Active Applicants,Matched,Colour,\nUS IMG,4700,3200,red,x\n").notes[0]
    )


def test_a_doubtful_header_is_asked_about_and_left_out_only_when_said():
    text = "Applicant Type,Active Applicants,Mached\nUS IMG,4700,3200\n"
    assert "--leave-out 'Mached'" in refused(text)
    assert "left out, columns: Mached" in read(text, leave_out=("Mached",)).notes
    for lines in (
        "Specialty,Level,Positions Offered,Positions Filled,Applicants,\n,,,,US MD Seniors,US IMGs\n",
        "Specialty,Level,Positions Offered,Positions Filled,US MD Senior Applicants,U.S. IMGs\n",
    ):
        message = refused(lines + "Neurology,PGY-1,700,680,900,160\n", SPECIALTIES)
        assert "if it holds filled_us_md_senior" in message
    alone = "Specialty,Level,Pos.,Filled,{}IMGs\nNeurology,PGY-1,700,680,{}160\n"
    assert "if it holds filled_non_us_img" in refused(alone.format("", ""), SPECIALTIES)
    assert read(alone.format("US IMGs,", "60,"), SPECIALTIES).rows.filled_non_us_img.tolist() == ["160"]
    assert "has each column once" in refused("Applicant Type,Matched,Matched,Active\nUS IMG,3,3,4\n")
    assert "“Aplicant Tipe” may be applicant_type" in refused("Aplicant Tipe,Active,Matched\nUS IMG,4,3\n")
    assert "parted by commas" in refused("Applicant Type   Active\nUS IMG   4\n")
    assert "shorter than the header" in read(HEADER + ROWS + "US DO Senior,86").notes[0]
    assert "turn the table" in refused("Measure,2025,2026,2027\nPositions,1,2,3\n", "match_totals")


def test_number_and_percent_under_one_heading_are_told_apart():
    lines = [
        ["Specialty", "Level", "Positions", None, "US MD Seniors", None, "US IMGs", None],
        [None, None, "Offered", "Filled", "No.", "%", "No.", "%"],
        ["Neurology", "PGY-1", 700, 680, 400, "58.8%", 60, "8.8%"],
    ]
    plain = io.StringIO()
    csv.writer(plain).writerows(lines)
    made = book(a=lines)
    for cells in ("A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1"):
        made["a"].merge_cells(cells)
    for content in (plain.getvalue(), saved(made)):
        reading = read(content, SPECIALTIES)
        assert reading.rows.iloc[0].tolist() == ["Neurology", "PGY-1", "700", "680", "400", "60"]
        assert reading.notes == ("left out, columns: US MD Seniors / %; US IMGs / %",)


def test_marks_and_line_breaks_are_none_of_a_header():
    text = '"Applicant\nType","Active*",No. Matched (a),"Match Rate¹"\n' + ROWS
    assert figures(read(text)) == FIGURES


def test_a_text_of_two_encodings_is_refused():
    mixed = "Applicant Type,Active,note\nUS IMG,4700,née\n".encode() + b"Non-US IMG,9,n\xe9e\n"
    assert "row 3: '\\\\xe9'" in refused(mixed)


def test_days_and_times_as_exports_write_them():
    rows = read("Event,Date,time_et\nA,2027-03-03 00:00:00,21:00:00\n", "match_calendar").rows
    assert rows.iloc[0].tolist() == ["A", "2027-03-03", "21:00"]


def test_the_year_of_the_document_is_the_year_that_was_said():
    assert "it prints 2024" in refused("Year,Applicant Type,Active\n2024,US IMG,4700\n")
    reading = read("Year,Applicant Type,Active\n2026,US IMG,4700\n2027,US IMG,4800\n")
    assert "rows of other years too: 2026" in reading.notes[0]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<!-- x --><table><tr><td>1</td></tr></table>", "HTML"),
        ('\ufeff[{"a": 1}]', "JSON"),
        ('{"a": 1}\n', "JSON"),
        ('<?xml version="1.0"?><Workbook><Table/></Workbook>', "XML"),
        (b"\x89PNG\r\n", "a picture"),
        (b"\x1f\x8b\x08", "a packed archive"),
        (b"PAR1\x15", "Parquet"),
        ("{\\rtf1 x}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (saved(book(a=[["x"]])).replace(b"xl/workbook.xml", b"xl/workbook.bin"), "XLSB"),
        (ods(""), "ODS"),
    ],
)
def test_what_is_no_table_is_named(content, kind):
    assert kind in refused(content)


def test_percentages_dates_and_times_are_read_as_the_spreadsheet_shows_them():
    made = book(
        a=[["Applicant Type", "Match Rate"], ["US MD Senior", 0.937], ["US IMG", 1], ["Non-US IMG", 0.5]]
    )
    for row in (2, 3, 4):
        made["a"].cell(row, 2).number_format = "0.0%"
    made["a"]["C1"], made["a"]["C2"] = "Active", 7
    assert read(saved(made)).rows.match_rate_pct.tolist() == ["93.7", "100", "50"]
    for row in (2, 3, 4):
        made["a"].cell(row, 2).number_format = '0.0"%"'
    assert "write 100 or, if it is meant so, 1%" in refused(saved(made))
    calendar = book(
        a=[
            ["Event", "Date", "time_et"],
            ["A", date(2027, 3, 3), time(21)],
            ["B", datetime(2027, 3, 19), time(12, 0)],
        ]
    )
    rows = read(saved(calendar), "match_calendar").rows
    assert rows[["date", "time_et"]].to_numpy().tolist() == [["2027-03-03", "21:00"], ["2027-03-19", "12:00"]]
    assert shown("46100.5", kind_of("m/d/yy h:mm")) == "2026-03-19 12:00"
    assert shown("44638.5", "date time", from_1904=True) == "2026-03-19 12:00"
    assert [
        kind_of(code) for code in ("0.0\\%", '"d"0', "[Red]0.00", "[h]:mm", "mmm yy", "General", "0%;-0%")
    ] == ["", "", "", "time", "date", "", "percent"]


def test_a_fraction_in_text_is_no_percentage():
    assert "write 93.7 or" in refused(
        "Applicant Type,Match Rate,Active\nUS MD Senior,0.937,5\nUS IMG,0.681,5\n"
    )
    assert read("Applicant Type,Match Rate,Active\nUS IMG,0.5%,9\n").rows.match_rate_pct.tolist() == ["0.5"]


def test_sheets_that_fit_are_asked_about_and_hidden_ones_told():
    rows = [["Applicant Type", "Active"], ["US IMG", 4700], ["Non-US IMG", 9]]
    made = book(cover=[["=TODAY()"]], one=rows, two=rows)
    assert "'one; two'" in refused(saved(made))
    assert len(read(saved(made), sheet="two").rows) == 2
    assert "use one of: cover; one; two" in refused(saved(made), sheet="three")
    made["two"].sheet_state = "hidden"
    made["one"].row_dimensions[3].hidden = made["one"].column_dimensions["B"].hidden = True
    told = "\n".join(read(saved(made)).notes)
    for part in ("not read: cover; two (hidden)", "read: row 3", "read: column Active"):
        assert part in told
    made["one"].sheet_state = "hidden"
    assert "a sheet that is shown" in refused(saved(made))


def test_formulas_count_only_where_they_are_read():
    made = book(
        a=[
            ['="Table "&4'],
            ["Applicant Type", "Active", "Other"],
            ["US IMG", 4700, "=B3*2"],
            ["=1+1", None, None],
        ]
    )
    assert read(saved(made)).rows.active_applicants.tolist() == ["4700"]
    made["a"]["B3"] = "=4000+700"
    assert "a!B3" in refused(saved(made))
    content = _with_sheet(saved(made), b"<f>4000+700</f><v />", b"<f>4000+700</f><v>4700</v>")
    reading = read(content)
    assert reading.rows.active_applicants.tolist() == ["4700"]
    assert "1 cells hold formulas" in reading.notes[-1]


def test_a_raised_mark_in_a_cell_is_none_of_its_text():
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    made = book(
        a=[["Applicant Type", "Active"], [CellRichText("US IMG", raised), CellRichText("4,700", raised)]]
    )
    assert read(saved(made)).rows.iloc[0].tolist() == ["US IMG", "4700"]


def _with_sheet(content: bytes, former: bytes, now: bytes) -> bytes:
    """A workbook with a part of its first sheet changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                assert former in part
                part = part.replace(former, now)
            new.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("place", ["D1048576", "XFD2", "XFD1048576"])
def test_formatting_far_out_costs_nothing(place):
    made = book(a=[["Applicant Type", "Active"], ["US IMG", 4700]])
    content = _with_sheet(
        saved(made),
        b"</sheetData>",
        f'<row r="{place.strip("XFD")}" spans="1:16384"><c r="{place}" s="0"/></row></sheetData>'.encode(),
    )
    tracemalloc.start()
    assert len(read(content).rows) == 1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_merged_cell_as_large_as_the_sheet_and_a_packed_giant_are_bounded():
    made = book(a=[["A title"], ["Applicant Type", "Active"], ["US IMG", 4700]])
    content = _with_sheet(
        saved(made), b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>'
    )
    assert len(read(content).rows) == 1
    giant = _with_sheet(saved(made), b"</sheetData>", b" " * 3_000_000 + b"</sheetData>")
    with pytest.raises(DataError, match="bytes unpacked"):
        grid.read(giant, "t.csv", CONTRACTS[TYPES], DIMENSIONS, 2027, 2_000_000, Choice())


def test_rows_without_end_are_refused():
    assert "at most 16,384 columns" in refused(HEADER + "," * 20_000)


def test_an_xml_part_that_declares_entities_is_refused():
    content = _with_sheet(saved(book(a=[["x"]])), b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')
    assert "declares entities" in refused(content)


def test_ods_is_read_with_percentages_merges_repeats_and_what_is_hidden():
    def cell(text, more="", kind="string"):
        return (
            f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'
        )

    rows = "".join(
        f"<table:table-row {row}>{cells}</table:table-row>"
        for row, cells in [
            ("", cell("Table 4", 'table:number-columns-spanned="3"') + "<table:covered-table-cell/>" * 2),
            ("", cell("Applicant Type") + cell("Active") + cell("% Matched")),
            (
                'table:visibility="collapse"',
                cell("US IMG<text:span text:style-name='up'>1</text:span>")
                + cell("4,700", 'office:value="4700"', "float")
                + cell("68 %", 'office:value="0.681"', "percentage"),
            ),
            (
                "",
                cell("Non-US IMG")
                + cell("9", 'office:value="9" table:formula="of:=4+5"', "float")
                + "<table:table-cell table:number-columns-repeated='16000'/>",
            ),
            ('table:number-rows-repeated="1048000"', "<table:table-cell/>"),
        ]
    )
    style = (
        '<style:style style:name="up"><style:text-properties style:text-position="super 58%"/></style:style>'
    )
    reading = read(ods(rows, style))
    assert reading.rows.to_numpy().tolist() == [["US IMG", "4700", "68.1"], ["Non-US IMG", "9", ""]]
    assert reading.rows.index.tolist() == [3, 4]
    assert "read: row 3" in reading.notes[0]
    assert "1 cells hold formulas" in reading.notes[1]
    bomb = (
        '<table:table-row table:number-rows-repeated="1048000">'
        + cell("x", 'table:number-columns-repeated="16384"')
        + "</table:table-row>"
    )
    assert "more than 5,000,000 filled cells" in refused(ods(bomb))


def test_xls_is_read_with_percentages_and_what_is_hidden():
    reading = read((Path(__file__).parent / "files" / "types.xls").read_bytes())
    assert figures(reading) == [
        ["20000", "18000", "90"],
        ["4000", "4000", "100"],
        ["12000", "7000", "58.3333333333333"],
    ]
    assert reading.notes == ("hidden in the sheet, and read: row 4",)


def test_rows_are_told_as_the_file_has_them():
    """As an editor counts them: lines of a cell with a break, and lines that are blank."""
    text = '"A\ntitle",,,\n\n' + HEADER + 'US IMG,4700,3200,68.1\n\nUS MD Senior,4,3,"1,234"\n'
    assert "t.csv, row 7, column match_rate_pct" in refused(text)


WHOLE = saved(book(a=[["Applicant Type", "Active"], ["US IMG", 4700]]))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=300).map(lambda text: (HEADER + text).encode("utf-8", "surrogatepass"))
    | st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)).map(
        lambda at: WHOLE[: at[0]] + bytes([at[1]]) + WHOLE[at[0] + 1 :]
    )
    | st.integers(0, len(WHOLE)).map(lambda at: WHOLE[:at])
    | st.binary(max_size=60).map(lambda noise: ods(noise.decode("latin-1")))
)
def test_any_bytes_are_read_or_refused_with_a_reason(content):
    try:
        read(content)
    except DataError as error:
        assert error.problems
