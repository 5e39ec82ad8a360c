"""Lists people keep themselves, target programs and profiles of a batch: any file that a
spreadsheet saves, headers and names as they are written by hand."""

import io
from datetime import date

import openpyxl
import pytest

from etl.problems import DataError
from matchatlas.applicant import Applicant
from matchatlas.report.batch import read_profiles
from matchatlas.road import target_import
from matchatlas.road.targets import TargetProgram

PROGRAM = TargetProgram(
    program="Made Up Hospital",
    specialty="Internal Medicine",
    state="New York",
    city="Bronx",
    code="9111140C0",
    quota=20,
    visas="J-1",
    img_percent=35,
    score_cutoff=220,
    interviewed=True,
    notes="good",
)
PLAIN = (
    "program,specialty,state,city,code,quota,visas,img_percent,score_cutoff,interviewed,notes\n"
    "Made Up Hospital,Internal Medicine,NY,Bronx,9111140C0,20,J-1,35,220,yes,good\n"
)
PROFILES = (
    "name,applicant_type,specialty,step2_ck,ecfmg_certified\nA. Sample,Non-US IMG,Internal Medicine,245,no\n"
)
PROFILE = Applicant(
    applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=245, ecfmg_certified=False
)


def workbook(*rows: list, title: str = "Sheet") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def names(catalog):
    return catalog.names()


@pytest.fixture
def programs(names):
    known = target_import.known_names(names, ["Aerospace Medicine"])
    return lambda content: target_import.read(
        content.encode() if isinstance(content, str) else content, "mine.csv", known
    )


@pytest.fixture
def profiles(names, tmp_path):
    def read(content):
        file = tmp_path / "profiles.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_profiles(file, names, 2027)

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_both_lists_are_read_in_any_encoding_and_with_any_separator(
    programs, profiles, encoding, separator, ending
):
    def written(text: str) -> bytes:
        return text.replace(",", separator).replace("\n", ending).encode(encoding)

    assert programs(written(PLAIN)) == ((PROGRAM,), [])
    [(line, plan)], notes = profiles(written(PROFILES))
    assert (line, plan.client, plan.applicant, notes) == (2, "A. Sample", PROFILE, [])


def test_a_workbook_is_read_whatever_its_name(programs, profiles):
    rows = [line.split(",") for line in PLAIN.splitlines()]
    rows[1][5], rows[1][7], rows[1][8], rows[1][9] = 20.0, 35, 220, True
    assert programs(workbook(*rows)) == ((PROGRAM,), [])
    table = workbook(
        ["My clients"],
        [],
        ["Name", "Applicant Type", "Specialty", "Step 2 CK", "ECFMG expected"],
        ["A. Sample", "non-US IMGs", "internal med", 245, date(2027, 3, 5)],
    )
    [(line, plan)], notes = profiles(table)
    assert (line, plan.applicant.specialty, plan.applicant.ecfmg_expected) == (
        4,
        "Internal Medicine",
        date(2027, 3, 5),
    )
    assert notes == ["left out above the header: row 1"]


def test_headers_and_names_as_people_write_them(programs, profiles):
    text = (
        "Program Name,Specialty,State,Program Code,Positions,IMG (%),Step 2 CK cutoff,Visa sponsorship,,\n"
        'Made Up Hospital,OB/GYN,Washington DC,9111140C0,"1,000",35 %,220.0,"J1, H1-B",,\n'
        "Other,aerospace medicine,N.Y.,,n/a,-,–,none,,\n"
    )
    (first, second), notes = programs(text)
    assert (
        first.specialty,
        first.state,
        first.quota,
        first.img_percent,
        first.score_cutoff,
        first.visas,
    ) == ("Obstetrics and Gynecology", "District of Columbia", 1000, 35, 220, "J-1 and H-1B")
    assert (second.specialty, second.state, second.quota, second.img_percent, second.visas) == (
        "Aerospace Medicine",
        "New York",
        None,
        None,
        "none",
    )
    assert notes == []
    [(_, plan)], _ = profiles(
        "Client,Type,Specialty,Step 2 CK,Ranks,Visa\nA. Sample,u.s. img,PM&R,245,8,J1\n"
    )
    assert (plan.client, plan.applicant.applicant_type, plan.applicant.specialty) == (
        "A. Sample",
        "US IMG",
        "Physical Medicine and Rehabilitation",
    )
    assert (plan.applicant.step2_ck, plan.applicant.contiguous_ranks, plan.applicant.visa_need) == (
        245,
        8,
        "J-1",
    )


@pytest.mark.parametrize(
    "text", ["J-1 and H-1B", "J1/H1B", "H-1B, J-1", "J-1 & H1-B visas", "both J-1 and H-1B"]
)
def test_visas_of_both_kinds(text):
    assert target_import.visas(text) == "J-1 and H-1B"


@pytest.mark.parametrize("text", ["Yes", "O-1", "none, J-1", "J-1 or so", ""])
def test_a_word_that_names_no_visa_without_doubt(text):
    assert target_import.visas(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("program,specialty,vsias\nA,Neurology,J-1\n", ["row 1, column vsias", "did you mean visas?"]),
        ("program,speciallity\nA,Neurology\n", ["column speciallity", "did you mean specialty?"]),
        ('program,specialty,quota\nA,Neurology,"67,125"\n\n\nB,Neurology,-3\n', ["row 5, column quota"]),
        ("program;specialty;quota\nA;Neurology;1,000\n", ["row 2, column quota", "write 1000 or 1.000"]),
        ("program,specialty,code\nA,Neurology,1.11E+08\n", ["column code: '1.11E+08'", "formatted as text"]),
        ("program,specialty\nA\0,Neurology\n", ["row 2", "signs that no text has"]),
        ("program,specialty\nA,Neurology,J-1\n", ["row 2: '3 cells'", "in double quotes"]),
        ('[{"program": "A"}]', ["JSON"]),
        ("<table><tr><td>program</td></tr></table>", ["HTML"]),
    ],
)
def test_what_is_doubtful_is_asked_about(programs, text, told):
    with pytest.raises(DataError) as error:
        programs(text)
    for part in told:
        assert part in str(error.value)


def test_what_is_left_out_is_told(programs, profiles):
    (program,), notes = programs("program,specialty,Favourite colour\nA,Neurology,red\n")
    assert program.label == "A · Neurology"
    assert notes == ["left out, columns: Favourite colour"]
    _, notes = profiles(PROFILES.replace("ecfmg_certified", "e-mail").replace(",no\n", ",a@b\n"))
    assert notes == ["left out, columns: e-mail"]
    _, notes = profiles(PROFILES.replace("A. Sample", "Jos\xe9").encode("latin-1"))
    assert "row 2 is not UTF-8" in notes[0]
    made = openpyxl.load_workbook(
        io.BytesIO(workbook(["program", "specialty"], ["A", "Neurology"], title="mine"))
    )
    made["mine"].row_dimensions[2].hidden = True
    made.create_sheet("old").append(["x"])
    content = io.BytesIO()
    made.save(content)
    assert programs(content.getvalue())[1] == [
        "hidden in the sheet, and read: row 2",
        "sheets that were not read: old",
    ]


def test_two_sheets_with_a_list_are_asked_about(programs):
    made = openpyxl.load_workbook(
        io.BytesIO(workbook(["program", "specialty"], ["A", "Neurology"], title="one"))
    )
    copied = made.copy_worksheet(made["one"])
    copied.title = "two"
    content = io.BytesIO()
    made.save(content)
    with pytest.raises(DataError, match="one; two"):
        programs(content.getvalue())


def test_a_name_of_any_script_stays_as_it_is(profiles):
    names = ["Žofia Łukaszewicz-Çelik", "مثال الاسم", "क्‍ष नाम", '=HYPERLINK("x")', "😀 Sample"]
    rows = "".join(f'"{name.replace(chr(34), chr(34) * 2)}",US IMG,Pediatrics\n' for name in names)
    read, _ = profiles("name,applicant_type,specialty\n" + rows)
    assert [plan.client for _, plan in read] == names
