"""Plan files as editors, scripts and attackers leave them: read, or refused once with the mend."""

import codecs
import csv
import io
import json
import tracemalloc

import pytest

from etl.paths import ROOT
from etl.problems import DataError
from matchatlas.plan import VERSION, Plan, PlanError, open_file, read
from matchatlas.plan_file import LARGEST, PROGRAMS
from matchatlas.road import target_import

PROFILE = {"applicant_type": "US IMG", "specialty": "Psychiatry", "step2_ck": 238}
CASES = ROOT.parent / "shared" / "cases" / "plan"


def plan(**parts) -> dict:
    return {"schema_version": VERSION, "applicant": PROFILE, **parts}


def content(**parts) -> bytes:
    return json.dumps(plan(**parts)).encode()


def refused(file: bytes) -> str:
    with pytest.raises(PlanError) as problem:
        read(file)
    told = str(problem.value)
    assert 20 < len(told) < 2000 and "\n" not in told
    return told


SAME = plan(client="Zoë Łuczak", done=["step1"])
TEXT = json.dumps(SAME, ensure_ascii=False)


@pytest.mark.parametrize(
    "file",
    [
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-32"),
        json.dumps(SAME, indent=2).replace("\n", "\r\n").encode(),
        json.dumps(SAME, indent="\t").replace("\n", "\r").encode(),
        b"\n\n" + TEXT.encode() + b"\n \n",
        json.dumps(SAME | {"schema_version": float(VERSION)}).encode(),
        json.dumps(SAME | {"schema_version": str(VERSION)}).encode(),
        json.dumps(SAME | {"applicant": PROFILE | {"step2_ck": 238.0}}).encode(),
        json.dumps(SAME | {"applicant": PROFILE | {"step2_ck": "238"}}).encode(),
        json.dumps(SAME | {"applicant": PROFILE | {"us_letters": None}}).encode(),
        json.dumps(SAME | {"programs": None, "scenarios": None, "tutor": None, "weeks": None}).encode(),
        TEXT.replace('"step2_ck": 238', '"step2_ck": 238, "step2_ck": 238').encode(),
    ],
)
def test_what_an_editor_or_a_script_did_to_it_does_no_harm(file):
    opened, notes = open_file(file)
    assert opened == Plan.model_validate(SAME)
    assert notes == []


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        ("A\x00B", "AB"),
        ("\u202eabc", "abc"),
        ("\u2066a\u2069b", "ab"),
        ("\ud800Ann", "Ann"),
        ("An\ufffen", "Ann"),
        ("a\x1b[31mb", "a[31mb"),
        ("\ufeffAnn", "Ann"),
    ],
)
def test_signs_that_no_page_can_show_are_left_out_and_told(client, shown):
    opened, notes = open_file(content(client=client, tutor={"name": client}))
    assert (opened.client, opened.tutor.name) == (shown, shown)
    assert notes == ["Left out, since no page can show them: signs in client, tutor → name."]


def test_marks_of_direction_and_joiners_are_part_of_a_name():
    for name in ("\u200fعلي", "می\u200cخواهم", "ශ්\u200dරී", "🫨 new", "x\u0301"):
        assert open_file(content(client=name)) == (read(content(client=name)), [])
        assert read(content(client=name)).client == name
    assert read(content(client=" two \n lines\t")).client == "two lines"
    assert read(content(tutor={"closing_note": "a\r\nb\rc\x0bd"})).tutor.closing_note == "a\nb\nc\nd"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t[:-1] + ",}", "a comma stands before the closing }"),
        (lambda t: t.replace('"step1"]', '"step1",]'), "a comma stands before the closing ]. Take it out"),
        (lambda t: t.replace('"', "“"), "line 1, column 2: texts stand in straight quotation marks"),
        (lambda t: t.replace('"', "'"), "texts stand in straight quotation marks (\"), not in '"),
        (lambda t: t.replace(', "done"', ' "done"'), "a comma is missing before it. Put one in."),
        (lambda t: "// mine\n" + t, "line 1, column 1: a plan's file holds no comments"),
        (lambda t: t[:70], "not a plan saved here, or it was cut short: save it again"),
        (lambda t: "", "not a plan saved here, or it was cut short: save it again"),
        (lambda t: "[]", "it has no schema version"),
        (lambda t: '"text"', "it has no schema version"),
        (lambda t: t.replace("238", "NaN"), "applicant → step2_ck: A Step 2 CK score"),
        (lambda t: t.replace("238", "-Infinity"), "from 1 to 300, not -inf"),
        (lambda t: t.replace("238", "1e999"), "from 1 to 300, not inf"),
        (lambda t: t.replace("238", "238.5"), "a whole number from 1 to 300, not 238.5"),
        (
            lambda t: t.replace("238", '238, "step2_ck": 199'),
            "“step2_ck” stands twice in one place, with 238 and with 199",
        ),
        (lambda t: t.replace("238", "[1]"), "from 1 to 300, not [1]"),
        (
            lambda t: t.replace("step2_ck", "step2ck"),
            "applicant → step2ck: is not a field of a plan; did you mean step2_ck?",
        ),
        (lambda t: t.replace('"done": [', '"done": ["a", 5, '), "done → 2: Input should be a valid string"),
        (lambda t: t.replace('"done": [', '"done": [["a"], '), "done → 1: Input should be a valid string"),
    ],
)
def test_a_refusal_names_the_place_and_the_mend(change, told):
    assert told in refused(change(TEXT).encode())


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_an_encoding_that_cannot_be_known_is_refused_with_the_mend(encoding):
    told = json.dumps(plan(client="Zoë Luczak", done=["step1"]), ensure_ascii=False)
    assert "save it as UTF-8" in refused(told.encode(encoding))


@pytest.mark.parametrize(
    "day",
    [
        "9999-12-31",
        "0001-01-01",
        "1999-12-31",
        "2101-01-01",
        "2027-02-30",
        "03/05/2027",
        0,
        1e18,
        -1,
        True,
        [2027, 3, 5],
        "x" * 900_000,
    ],
)
def test_a_day_is_ranged_where_it_enters(day):
    for parts in (
        {"applicant": PROFILE | {"ecfmg_expected": day}},
        {"scenarios": [{"name": "A", "applicant": PROFILE | {"ecfmg_expected": day}}]},
    ):
        told = refused(content(**parts))
        assert "The day of certification must be one from 2000-01-01 to 2100-12-31" in told
    for good in ("2000-01-01", "2100-12-31", "2027-03-05T00:00:00"):
        read(content(applicant=PROFILE | {"ecfmg_expected": good}))


def filled(piece: str, before: str, after: str = "]") -> bytes:
    """A file as large as a plan may be, of one piece again and again."""
    start = json.dumps(plan())[:-1] + before
    number = (LARGEST - len(start) - len(after) - 2) // (len(piece) + 1)
    return (start + ",".join([piece] * number) + after + "}").encode()


TOO_MUCH = {
    "programs, all zero": filled("0", ', "programs": ['),
    "empty programs": filled("{}", ', "programs": ['),
    "programs in programs": filled("[]", ', "programs": ['),
    "short texts": filled('"a"', ', "rank_order": ['),
    "numbers": filled("1.5", ', "done": ['),
    "one key again and again": filled('"a":{}', ', "weeks": {', "}"),
    "ticks of lists": filled("[[],[],[],[]]", ', "done": ['),
    "nested": json.dumps(plan()).encode()[:-1] + b', "done": ' + b"[" * 400_000 + b"]" * 400_000 + b"}",
    "unknown keys": json.dumps(plan() | {f"key {n}": n for n in range(45_000)}).encode(),
    "notes on many questions": content(interview_notes={str(n): "x" for n in range(70_000)}),
    "programs with many faults": content(programs=[{str(n): 0 for n in range(38)}] * PROGRAMS),
    "one long text": content(client="x" * 950_000),
    "one long text of signs to leave out": content(client="\x00a" * 130_000),
    "a long number": (TEXT[:-1] + ', "applications": ' + "9" * 900_000 + "}").encode(),
    "names alike": content(programs=[{"program": "x" * 150, "specialty": "y" * 100}] * PROGRAMS),
}


@pytest.mark.parametrize("file", TOO_MUCH.values(), ids=TOO_MUCH)
def test_no_file_takes_more_memory_than_fifty_of_its_size(file):
    assert len(file) <= LARGEST
    tracemalloc.start()
    try:
        told = refused(file)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert used < 50_000_000
    assert len(told) < 1500


def test_the_largest_plan_there_can_be_is_read():
    programs = [
        {
            "program": f"Program {n}",
            "specialty": "Psychiatry",
            "city": "Somewhere",
            "state": "Ohio",
            "notes": "word " * 250,
            "visas": "J-1",
            "quota": 8,
        }
        for n in range(PROGRAMS)
    ]
    file = content(programs=programs, interview_notes={f"card {n}": "word " * 100 for n in range(100)})
    assert LARGEST * 0.7 < len(file) <= LARGEST
    assert len(read(file).programs) == PROGRAMS


def test_a_former_name_of_a_specialty_is_taken_for_todays_and_told(catalog):
    names = catalog.names()["specialty"]
    person = PROFILE | {"specialty": "Obstetrics-Gynecology"}
    file = content(applicant=person, scenarios=[{"name": "A", "applicant": person}])
    opened, notes = open_file(file, names)
    assert opened.applicant.specialty == "Obstetrics and Gynecology"
    assert opened.scenarios[0].applicant.specialty == "Obstetrics and Gynecology"
    assert notes == ["“Obstetrics-Gynecology” is called Obstetrics and Gynecology here."]
    with pytest.raises(PlanError, match="do not know: Wizardry"):
        open_file(content(applicant=PROFILE | {"specialty": "Wizardry"}), names)


def test_the_cases_at_hand_are_read_or_refused(catalog):
    if not CASES.exists():
        pytest.skip("no folder shared/cases/plan beside the project")
    names = catalog.names()["specialty"]
    read_at_once, refused_clearly = [], []
    for file in sorted(CASES.iterdir()):
        try:
            open_file(file.read_bytes(), names)
            read_at_once.append(file.stem[:3])
        except PlanError as problem:
            assert 20 < len(str(problem)) < 500
            refused_clearly.append(file.stem[:3])
    assert read_at_once == [
        "p01",
        "p02",
        "p03",
        "p10",
        "p11",
        "p13",
        "p14",
        "p15",
        "p16",
        "p19",
        "p20",
        "p21",
    ]
    assert refused_clearly == ["p04", "p05", "p07", "p08", "p09", "p12", "p17", "p23", "p24"]


HEAD = b"program,specialty,notes\n"
TOO_LONG = {
    "rows": HEAD + b"a,Neurology,\n" * 60_000,
    "rows with semicolons": b"program;specialty\n" + b"a;b\n" * 240_000,
    "empty rows": HEAD + b",,\r" * 300_000,
    "a header without end": b"program,specialty" + b"," * 900_000,
    "ends of lines": HEAD + b"\n" * 900_000,
    "in UTF-16": (HEAD + b"a,Neurology,\n" * 30_000).decode().encode("utf-16"),
}


@pytest.mark.parametrize("file", TOO_LONG.values(), ids=TOO_LONG)
def test_a_list_is_bounded_before_it_is_read(catalog, file):
    known = target_import.known_names(catalog.names(), [])
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match="a list has at most 500 programs, each in a row"):
            target_import.read(file, "list.csv", known)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_full_list_with_long_notes_is_read(catalog):
    known = target_import.known_names(catalog.names(), [])
    note = "Asked for letters, dates, and a call; two residents, one from home.\n" * 12
    rows = [["program", "specialty", "notes"]]
    rows += [[f"Program {number}", "Neurology", note] for number in range(PROGRAMS)]
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    programs, _ = target_import.read(file.getvalue().encode(), "list.csv", known)
    assert len(programs) == PROGRAMS
