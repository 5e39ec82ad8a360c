"""Each kind of bad row is refused with file, row, column, value, rule and mend; the published
database stays."""

import shutil
from dataclasses import replace

import pytest

from etl.build import build, ensure, live_build_id
from etl.contract import load_contracts
from etl.database import read_only
from etl.paths import Paths
from etl.problems import DataError

APPLICANTS = "nrmp/applicants_by_type.csv"
COLUMNS = list(load_contracts(Paths())["applicants_by_type"].columns)
HEADER = ",".join(COLUMNS)


def row_of(**values) -> str:
    return ",".join(str(values.get(column, "")) for column in COLUMNS)


GOOD = row_of(
    match_year=2025,
    applicant_type="US IMG",
    active_applicants=4587,
    matched_pgy1=3108,
    match_rate_pct=67.8,
    placed_after_soap_active=3370,
    placement_rate_active_pct=73.5,
    trust="single",
    source_id="nrmp-2025-applicants-by-type",
)


def spoil(inputs, text, file=APPLICANTS):
    path = inputs.tables / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(inputs) -> str:
    with pytest.raises(DataError) as caught:
        build(inputs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "place", "rule", "mend"),
    [
        (GOOD.replace("4587", ""), None, None, None),
        (GOOD.replace("2025,", ",", 1), "row 2, column match_year: ''", "is not empty", "fill in"),
        (GOOD.replace("4587", "4.587"), "active_applicants: '4.587'", "whole number", "digits"),
        (GOOD.replace("4587", '"4,587"'), "active_applicants: '4,587'", "whole number", "separator"),
        (GOOD.replace("67.8", "67.8%"), "match_rate_pct: '67.8%'", "is a number", "percent sign"),
        (GOOD.replace("67.8", "101"), "match_rate_pct: '101'", "is at most 100", "publication"),
        (GOOD.replace("3108", "-1"), "matched_pgy1: '-1'", "is at least 0", "publication"),
        (
            GOOD.replace("US IMG", "US IMGs"),
            "applicant_type: 'US IMGs'",
            "known applicant type",
            "nearest known: US IMG",
        ),
        (GOOD.replace("nrmp-2025-app", "nrmp-2052-app"), "source_id", "known source", "data/sources.yml"),
        (GOOD.replace(",,single", ",=1+1,single"), "note: '=1+1'", "no formula", "paste the value"),
        (GOOD + "\n" + GOOD, "row 3", "occur together once", "remove one"),
        (GOOD.replace("3108", "4600"), "row 2", "among the active", "wrong column"),
        (GOOD.replace("67.8", "66.8"), "row 2", "agrees with the counts", "recompute"),
        (GOOD.replace("3370", "3000"), "row 2", "include the PGY-1 matches", "compare"),
        (GOOD + ",1", "applicants_by_type.csv", "as many cells", "quotes"),
        (GOOD.replace("67.8", "Infinity"), "match_rate_pct", "is a number", "digits"),
    ],
)
def test_bad_row(inputs, row, place, rule, mend):
    spoil(inputs, f"{HEADER}\n{row}\n")
    if place is None:
        build(inputs)
        return
    message = refused(inputs)
    assert "data/tables/nrmp/applicants_by_type.csv" in message
    for part in (place, rule, mend):
        assert part in message


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "holds a header row"),
        (HEADER.replace("match_year,", "").encode() + b"\n", "column match_year"),
        (HEADER.encode() + b",extra\n", "column extra"),
        (HEADER.encode() + b"\n2025,\xff\xfe,1,1,1,1,1,,x\n", "UTF-8"),
    ],
)
def test_bad_file(inputs, content, part):
    spoil(inputs, content)
    assert part in refused(inputs)


def test_unknown_specialty_names_the_nearest_and_where_an_alias_goes(inputs):
    path = inputs.tables / "nrmp/first_choice_applicants.csv"
    path.write_text(path.read_text().replace("Anesthesiology,", "Anaesthesiology,", 1))
    message = refused(inputs)
    assert "Anaesthesiology" in message
    assert "nearest known: Anesthesiology" in message
    assert "data/specialties.yml" in message


def test_a_date_out_of_its_season(inputs):
    path = inputs.tables / "nrmp/match_calendar.csv"
    path.write_text(path.read_text().replace("2026-03-20", "2062-03-20"))
    assert "lies in the season" in refused(inputs)
    path.write_text(path.read_text().replace("2062-03-20", "20 March"))
    assert "is a date" in refused(inputs)


def test_parts_that_do_not_add_up(inputs):
    path = inputs.tables / "nrmp/positions_by_specialty_type.csv"
    path.write_text(path.read_text().replace("1804,1301", "1804,1302", 1))
    assert "add up to the positions filled" in refused(inputs)


def test_a_sum_that_misses_the_published_total(inputs):
    path = inputs.tables / "nrmp/match_totals.csv"
    path.write_text(path.read_text().replace("43237", "43238"))
    assert "sum 43237, published 43238" in refused(inputs)


def test_an_alias_that_leads_to_two_names(inputs):
    path = inputs.data / "specialties.yml"
    path.write_text(
        path.read_text().replace(
            "aliases: [Radiology-Diagnostic", "aliases: [Pathology, Radiology-Diagnostic"
        )
    )
    assert "one name only" in refused(inputs)


def test_every_problem_is_told_at_once(inputs):
    spoil(inputs, f"{HEADER}\n{GOOD.replace('67.8', '101').replace('3108', 'x')}\n")
    spoil(inputs, b"", "nrmp/match_totals.csv")
    message = refused(inputs)
    assert "'101'" in message
    assert "'x'" in message
    assert "match_totals.csv" in message


def test_a_refused_build_leaves_the_published_one(inputs):
    published = ensure(inputs)
    before = inputs.database.read_bytes()
    spoil(inputs, b"")
    refused(inputs)
    assert inputs.database.read_bytes() == before
    assert live_build_id(inputs) == published
    assert not list(inputs.builds.glob("*.tmp*"))


def test_a_row_is_told_as_an_editor_counts_it(inputs):
    note = '"a note\nof two lines"'
    twice = GOOD.replace("2025", "2024", 1)
    spoil(inputs, f"{HEADER}\n\n{GOOD.replace(',,single', f',{note},single')}\n\n{twice}\n{twice}\n")
    message = refused(inputs)
    assert "applicants_by_type.csv, row 7" in message
    assert "the same key stands in data/tables/nrmp/applicants_by_type.csv, row 6" in message
    spoil(inputs, f"{HEADER}\n\n\n{GOOD.replace('67.8', '167.8')}\n")
    assert "applicants_by_type.csv, row 4, column match_rate_pct: '167.8'" in refused(inputs)


def test_the_row_that_is_not_whole_is_told(inputs):
    spoil(inputs, f"{HEADER}\n{GOOD}\n{GOOD},1\n")
    assert "row 3. Rule: every row has as many cells" in refused(inputs)
    spoil(inputs, f"{HEADER}\n{GOOD}\n\n2024,US IMG\n")
    assert "row 4. Rule: every row has as many cells" in refused(inputs)
    spoil(inputs, f'{HEADER}\n{GOOD}\n2024,"US IMG,1,,,,,,,,,,\n')
    assert "balanced quotes" in refused(inputs)


def test_names_in_another_case_and_cells_in_white_space_are_read(inputs):
    path = inputs.tables / APPLICANTS
    text = path.read_text().replace("2025,US IMG,", "2025,\tus  img ,", 1)
    assert text != path.read_text()
    path.write_text(text)
    build(inputs)
    with read_only(inputs.database) as connection:
        read = connection.execute(
            "SELECT line FROM raw.applicants_by_type WHERE match_year = 2025 AND applicant_type = 'US IMG'"
        ).fetchall()
    assert read == [(1 + next(n for n, row in enumerate(text.split("\n")) if "us  img" in row),)]


def test_a_file_wrong_in_every_row_is_told_in_bounded_words(inputs):
    rows = "".join(
        row_of(match_year=1990 + n, applicant_type="US IMG", active_applicants="x") + "\n" for n in range(100)
    )
    spoil(inputs, HEADER + "\n" + rows * 30)
    with pytest.raises(DataError) as caught:
        build(inputs)
    assert 1000 <= len(caught.value.problems) <= 4000
    assert len(str(caught.value).splitlines()) == 21


def test_an_identity_that_is_no_sql_is_told_with_its_contract(inputs, tmp_path):
    contracts = tmp_path / "contracts"
    shutil.copytree(inputs.contracts, contracts)
    file = contracts / "match_totals.yml"
    file.write_text(
        file.read_text().replace("positions_pgy1 <= positions_all", "positions_pgy1 <= everything")
    )
    with pytest.raises(DataError, match=r"etl/contracts/match_totals\.yml: .*everything"):
        build(replace(inputs, contracts=contracts))
