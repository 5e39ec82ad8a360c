"""The target list: faults of a CSV told one by one, round trips, and hard stops."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.dimensions import Names, fold
from etl.problems import DataError
from matchatlas.applicant import APPLICANT_TYPES, Applicant
from matchatlas.plan import Partner, Plan, read, save
from matchatlas.road import target_import, targets
from matchatlas.road.standing import Name, Record, Scores, standing
from matchatlas.road.targets import Status, TargetProgram
from matchatlas.web import ui

KNOWN = target_import.known_names(
    {
        "specialty": Names({fold(name): name for name in ("Internal Medicine", "Family Medicine")}),
        "state": Names({"florida": "Florida", "fl": "Florida", "new york": "New York", "ny": "New York"}),
    },
    (),
)
ME = Applicant(applicant_type="Non-US IMG", specialty="Internal Medicine")

FEW = settings(max_examples=50, deadline=None)

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Z"], exclude_characters="'"),
    min_size=1,
    max_size=12,
)
programs = st.builds(
    TargetProgram,
    program=words,
    specialty=st.sampled_from(["Internal Medicine", "Family Medicine"]),
    state=st.sampled_from(["", "Florida", "New York"]),
    city=st.just("") | words,
    code=st.from_regex(r"[0-9]{4}140C0", fullmatch=True),
    quota=st.none() | st.integers(0, 1000),
    visas=st.sampled_from([None, "none", "J-1", "H-1B", "J-1 and H-1B"]),
    img_percent=st.none() | st.integers(0, 100),
    score_cutoff=st.none() | st.integers(1, 300),
    interviewed=st.booleans(),
    status=st.sampled_from(Status.__args__),
    position_type=st.sampled_from([None, "categorical", "advanced", "preliminary"]),
    signal=st.sampled_from([None, "gold", "silver"]),
    interview_on=st.none() | st.dates(date(2026, 9, 1), date(2027, 3, 1)),
    contact=st.just("") | words,
    criteria=st.dictionaries(st.sampled_from(["Training", "City life"]), st.integers(0, 5)),
    notes=st.just("") | words,
)
lists = st.lists(programs, min_size=1, max_size=8, unique_by=targets.identity).map(tuple)
applicants = st.builds(
    Applicant,
    applicant_type=st.sampled_from(APPLICANT_TYPES),
    specialty=st.just("Internal Medicine"),
    step2_ck=st.none() | st.integers(1, 300),
    visa_need=st.sampled_from([None, "none", "J-1", "H-1B"]),
)
records = st.none() | st.builds(
    lambda first, matches, unfilled: Record(first, first + matches, matches, min(unfilled, matches)),
    st.integers(2010, 2020),
    st.integers(1, 6),
    st.integers(0, 6),
)
scores = st.none() | st.just(Scores("Non-US IMG", "Internal Medicine", 2026, 238, 256))


def problem(text: str | bytes) -> str:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(DataError) as error:
        target_import.read(content, "mine.csv", KNOWN)
    return str(error.value)


HEADER = "program,specialty,state,visas,img_percent,score_cutoff,interviewed\n"
GOOD = "General,Internal Medicine,FL,J-1,20%,230,yes\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["is not empty"]),
        ("notes\nx\n", ["row 1", "there is a column program", "there is a column specialty"]),
        ("program\nGeneral\n", ["there is a column specialty"]),
        ("program,specialty,salary\n", ["programs below the header"]),
        ("program,specialty,vsias\n", ["row 1, column vsias", "did you mean visas?"]),
        ("program,specialty,Program\n", ["column program", "stands once"]),
        (HEADER + "General,Internal Medicine\n", ["row 2: '2 cells'", "has 7 cells"]),
        (HEADER + GOOD + GOOD, ["row 3", "stands in the list once", "tell them apart"]),
        (HEADER + ",Internal Medicine,,,,,\n", ["row 2, column program", "is filled in"]),
        (HEADER + "\nGeneral,,,,,,\n", ["row 3, column specialty", "is filled in"]),
        (
            HEADER + GOOD.replace("Internal", "Infernal"),
            ["row 2, column specialty: 'Infernal Medicine'", "nearest known: Internal Medicine"],
        ),
        (HEADER + GOOD.replace("FL", "Floridda"), ["column state", "nearest known: Florida"]),
        (
            HEADER + GOOD.replace("J-1", "O-1"),
            ["column visas: 'O-1'", "'none', 'J-1', 'H-1B' or 'J-1 and H-1B'"],
        ),
        (
            HEADER + GOOD.replace("20%", "120"),
            ["column img_percent: '120'", "from 0 to 100", "or leave it empty"],
        ),
        (HEADER + GOOD.replace("230", "230.5"), ["column score_cutoff: '230.5'", "from 1 to 300"]),
        (HEADER + GOOD.replace("230", "=1+1"), ["column score_cutoff: '=1+1'"]),
        (HEADER + GOOD.replace("yes", "perhaps"), ["column interviewed: 'perhaps'"]),
        (
            "program,specialty,notes\nGeneral,Internal Medicine," + "x" * 4001,
            ["row 2, column notes", "at most 4000 characters"],
        ),
        ("program,specialty\n" + "x" * 201 + ",Internal Medicine", ["at most 200 characters"]),
        (HEADER + '"General"x,Internal Medicine,,,,,\n', ["row 2", "in double quotes"]),
        (HEADER.encode() + b"\x81,\n", ["row 2", "is UTF-8 text", "CSV UTF-8"]),
        (HEADER + "x" * 5_000_000, ["at most 5,000,000 bytes", "split it"]),
        (
            "program,specialty\n" + "".join(f"P{n},Internal Medicine\n" for n in range(501)),
            ["at most 500 programs", "501 rows"],
        ),
    ],
)
def test_a_fault_is_told_with_its_place_rule_and_mend(text, told):
    message = problem(text)
    assert message.startswith("mine.csv")
    assert "Rule: " in message and "Mend: " in message
    for part in told:
        assert part in message


def test_every_fault_is_told_at_once_and_rows_are_counted_as_an_editor_does():
    message = problem('program,specialty,notes\n"two\nlines",Internal Medicine,\n,Nothing,\n')
    assert "row 4, column program" in message
    assert "row 4, column specialty" in message


@FEW
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: HEADER.encode() + text.encode()))
def test_any_bytes_are_read_or_refused_with_a_reason(content):
    try:
        found, _ = target_import.read(content, "mine.csv", KNOWN)
    except DataError as error:
        assert error.problems
    else:
        assert all(isinstance(program, TargetProgram) for program in found)


@FEW
@given(lists)
def test_the_exported_list_reads_back_equal(given_list):
    assert target_import.read(ui.to_csv(targets.table(given_list)), "f.csv", KNOWN) == (given_list, [])


@FEW
@given(lists)
def test_no_exported_cell_is_run_as_a_formula(given_list):
    text = ui.to_csv(targets.table(given_list)).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@FEW
@given(lists)
def test_own_columns_come_back_through_the_plan_file(given_list):
    plan = Plan(applicant=ME, programs=given_list)
    assert read(save(plan)) == plan


@FEW
@given(lists, lists)
def test_merging_keeps_every_program_and_what_was_known(mine, incoming):
    result = {targets.identity(program): program for _, program in targets.merged(mine, incoming)}
    assert set(result) == {targets.identity(program) for program in (*mine, *incoming)}
    for program in incoming:
        assert result[targets.identity(program)] == program


def test_a_csv_of_one_column_leaves_the_others():
    mine = TargetProgram(program="General", specialty="Internal Medicine", score_cutoff=230, notes="call")
    new, _ = target_import.read(
        b"program,specialty,visas,notes\nGeneral,Internal Medicine,J-1,\n", "f", KNOWN
    )
    [(former, program)] = targets.merged((mine,), new)
    assert former == mine.label
    assert program == mine.model_copy(update={"visas": "J-1"})


def test_the_rank_order_list_follows_renamed_and_removed_programs():
    one, two = (TargetProgram(program=name, specialty="Internal Medicine") for name in ("A", "B"))
    renamed = one.model_copy(update={"city": "Miami"})
    changes = targets.revised([(one.label, renamed)], [two.label, one.label], {}, [])
    plan = Plan(applicant=ME, **changes)
    assert plan.rank_order == (renamed.label,)


def test_supplemental_lists_and_pairs_follow_too():
    one, two, year = (TargetProgram(program=name, specialty="Internal Medicine") for name in ("A", "B", "Y"))
    theirs = TargetProgram(program="Theirs", specialty="Pathology")
    renamed, other = (program.model_copy(update={"city": "Miami"}) for program in (one, year))
    changes = targets.revised(
        [(one.label, renamed), (year.label, other)],
        [one.label, two.label],
        {one.label: (two.label, year.label), two.label: (year.label,)},
        [(one.label, theirs.label), (two.label, theirs.label), ("", theirs.label)],
    )
    partner = Partner(applicant_type="US IMG", programs=(theirs,))
    plan = Plan(applicant=ME, partner=partner, **changes)
    assert plan.supplemental == {renamed.label: (other.label,)}
    assert plan.pairs == ((renamed.label, theirs.label), ("", theirs.label))


@FEW
@given(lists.filter(bool), st.data())
def test_edits_of_the_table_change_their_cells_and_no_other(before, data):
    rows = dict(enumerate(before))
    numbers = st.integers(0, len(before) - 1)
    deleted = data.draw(st.lists(numbers, unique=True))
    changed = data.draw(st.dictionaries(numbers, st.just({"score_cutoff": 222, "visas": None})))
    after, problems = targets.edited(rows, changed, deleted)
    assert problems == []
    assert after == {
        number: program.model_copy(update=changed.get(number, {}))
        for number, program in rows.items()
        if number not in deleted
    }


def test_a_cell_edited_wrongly_stays_as_it_was_and_takes_no_other_along():
    """A note was lost because another cell of its row was wrong."""
    mine = TargetProgram(program="General", specialty="Internal Medicine", score_cutoff=230)
    cells = {
        "hardness": "easy",
        "notes": "spoke with the chief",
        "score_cutoff": 999,
        "program": "  ",
        "img_percent": 40,
    }
    after, problems = targets.edited({0: mine}, {0: cells}, [])
    assert after == {0: mine.model_copy(update={"notes": "spoke with the chief", "img_percent": 40})}
    assert {problem.column for problem in problems} == {"hardness", "score_cutoff", "program"}
    assert all(str(problem).startswith("your list, row 1, column ") for problem in problems)


def test_two_rows_do_not_become_one_by_an_edit():
    one, two = (TargetProgram(program=name, specialty="Internal Medicine") for name in ("A", "B"))
    after, [problem] = targets.edited({0: one, 1: two}, {1: {"program": "A", "notes": "kept"}}, [])
    assert after == {0: one, 1: two.model_copy(update={"notes": "kept"})}
    assert "stands in the list once" in problem.rule


@pytest.mark.parametrize("name", ["", "   ", "\u00a0", "\u200b", None])
def test_a_name_is_more_than_spaces(name):
    program, [problem] = targets.check_row({"program": name, "specialty": "Psychiatry"}, "form", 1)
    assert program is None
    assert (problem.column, problem.rule) == ("program", "program is filled in")


def test_a_program_is_known_again_in_other_spelling_and_lookalikes_are_found():
    here = TargetProgram(program="County  Hospital", specialty="Psychiatry", city="Tampa")
    again = here.model_copy(update={"program": "county hospital"})
    assert len(targets.merged((here,), (again,))) == 1
    no_city = again.model_copy(update={"city": ""})
    elsewhere = again.model_copy(update={"city": "Miami"})
    assert targets.lookalikes(no_city, (here, elsewhere)) == (here, elsewhere)
    assert targets.lookalikes(elsewhere, (here,)) == ()


def test_a_list_too_long_is_refused():
    pairs = [(None, TargetProgram(program=f"P{n}", specialty="X")) for n in range(501)]
    with pytest.raises(DataError, match="at most 500 programs"):
        targets.revised(pairs, [], {}, [])


@FEW
@given(programs, applicants, records, scores)
def test_no_visa_is_a_stop_for_who_needs_one(program, applicant, record, scores):
    found = standing(program.model_copy(update={"visas": "none"}), applicant, record, scores)
    if applicant.visa_need in ("J-1", "H-1B"):
        assert any("does not sponsor your visa" in stop for stop in found.stops)
        assert found.name == Name.RULED_OUT
    else:
        assert not any("visa" in stop for stop in found.stops)


@FEW
@given(programs, applicants, records, scores)
def test_a_score_below_the_cutoff_is_a_stop_and_no_other(program, applicant, record, scores):
    found = standing(program, applicant, record, scores)
    below = bool(applicant.step2_ck and program.score_cutoff and applicant.step2_ck < program.score_cutoff)
    assert below == any("below its score cutoff" in stop for stop in found.stops)
    assert (found.name == Name.RULED_OUT) == bool(found.stops)


@FEW
@given(programs, applicants, records, scores)
def test_nothing_against_needs_everything_known_and_nothing_known_is_not_judged(
    program, applicant, record, scores
):
    found = standing(program, applicant, record, scores)
    if found.name == Name.CLEAR:
        assert not found.unknown and found.signs
    blank = TargetProgram(program="P", specialty="Internal Medicine")
    assert standing(blank, applicant, None, scores).name == Name.NOT_KNOWN


@pytest.mark.parametrize(
    ("img_percent", "unfilled", "step2_ck", "name"),
    [
        (20, 1, 260, Name.CLEAR),
        (15, 0, 245, Name.CLEAR),
        (14, 0, 245, Name.AGAINST),
        (14, 2, 245, Name.OPEN),
        (20, 0, 231, Name.OPEN),
        (None, 0, 245, Name.OPEN),
        (None, 0, 231, Name.AGAINST),
    ],
)
def test_standing_by_the_signs(img_percent, unfilled, step2_ck, name):
    program = TargetProgram(
        program="P", specialty="Internal Medicine", visas="J-1", score_cutoff=230, img_percent=img_percent
    )
    me = ME.model_copy(update={"visa_need": "J-1", "step2_ck": step2_ck})
    seen = Scores("Non-US IMG", "Internal Medicine", 2026, 238, 256)
    assert standing(program, me, Record(2022, 2026, 5, unfilled), seen).name == name


def listed(**cells):
    return TargetProgram(program="General", specialty="Internal Medicine", **cells)


def test_a_marks_cell_is_judged_by_itself_and_a_status_tells_of_an_interview():
    mine = listed(criteria={"Training": 4})
    cells = {"mark: City": 9, "mark: Training": None, "mark: Call": 2, "status": "ranked"}
    after, [problem] = targets.edited({0: mine}, {0: cells}, [])
    assert (after[0].criteria, after[0].status, after[0].interviewed) == ({"Call": 2}, "ranked", True)
    assert problem.column == "criteria"


def test_the_board_has_every_program_at_its_status_once():
    programs = [
        listed(code=str(number), status=status)
        for number, status in enumerate(("applied", "invited", "applied"))
    ]
    board = targets.by_status(programs)
    assert list(board) == list(Status.__args__)
    assert [p.code for p in board["applied"]] == ["0", "2"]
    assert sum(map(len, board.values())) == 3


def test_signals_are_counted_by_specialty_and_kind():
    programs = [
        listed(code="1", signal="gold"),
        listed(code="2", signal="gold"),
        listed(code="3"),
        listed(code="4", signal="silver"),
    ]
    assert targets.signals_sent(programs) == {"Internal Medicine": {"gold": 2, "silver": 1}}
