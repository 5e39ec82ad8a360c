"""The saved plan: one small file that carries a person from "can I?" to a rank order list.

It holds the profile, the scenarios of a consultation, the target list of programs, the rank order
list with its supplemental ones, the partner's lists and the pairs of a couple, notes and the
checklist. The file is JSON with a schema version: older versions are migrated, unknown fields and
later versions are refused with a message. It is the user's: the server keeps none of it.
`plan_file` reads its bytes.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from etl.dimensions import Names
from matchatlas.applicant import Applicant, ApplicantType, Whole, day
from matchatlas.plan_file import PlanError, parsed, place
from matchatlas.road.costs import ITEMS, MOST_USD
from matchatlas.road.milestones import LONGEST_WEEKS, PLANNED
from matchatlas.road.season import Stage
from matchatlas.road.targets import (
    CRITERIA,
    MOST_RANKS,
    NO_MATCH,
    PROGRAMS,
    Criterion,
    Name,
    Note,
    TargetProgram,
)
from matchatlas.text import LINES, ONE_LINE, OneOf

VERSION = 4
FILE_NAME = "match-atlas-plan.json"
SCENARIOS = 4
COST_PLANS = 4
MOST_SUPPLEMENTAL = 100  # lists of a person
MOST_APPLICATIONS = 500  # to programs of one specialty
TOLD = 5  # problems of a file; more would not be read
LONGEST_CLOSING_NOTE = 1000  # characters: the report stays within four pages
LONGEST_REASON = 300  # characters of what is told about one field
Label = Annotated[str, Field(max_length=600), ONE_LINE]
Code = Annotated[str, Field(max_length=100)]
Ranks = Annotated[tuple[Label, ...], Field(max_length=MOST_RANKS)]
Supplemental = Annotated[dict[Label, Ranks], Field(max_length=MOST_SUPPLEMENTAL)]
Weeks = dict[Annotated[str, OneOf(PLANNED)], Annotated[int, Field(ge=0, le=LONGEST_WEEKS)]]
Applications = dict[Name, Annotated[int, Field(ge=0, le=MOST_APPLICATIONS)] | None]
Dollars = dict[Annotated[str, OneOf(tuple(ITEMS))], Annotated[int, Field(ge=0, le=MOST_USD)]]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scenario(_Part):
    """A variant of the profile that a consultation compares."""

    name: Annotated[str, Field(min_length=1, max_length=80), ONE_LINE]
    applicant: Applicant


class Tutor(_Part):
    """What a tutor adds to a client's report."""

    name: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    closing_note: Annotated[str, Field(max_length=LONGEST_CLOSING_NOTE), LINES] = ""


class RankLists(_Part):
    """The programs a person looks at, and those he or she ranks.

    rank_order: labels of programs, most wanted first; supplemental: for an advanced program, by its
    label, the preliminary years wanted beside it, most wanted first.
    """

    programs: Annotated[tuple[TargetProgram, ...], Field(max_length=PROGRAMS)] = ()
    rank_order: Ranks = ()
    supplemental: Supplemental = Field(default_factory=dict)

    @model_validator(mode="after")
    def _programs_are_unlike_and_ranked_once(self) -> Self:
        labels = [program.label for program in self.programs]
        _check_unlike("programs", labels)
        for where, ranked in (
            ("the rank order list names", self.rank_order),
            ("a supplemental list belongs to", tuple(self.supplemental)),
            *(("a supplemental list names", years) for years in self.supplemental.values()),
        ):
            _check_unlike("ranks", ranked)
            if strangers := sorted(set(ranked) - set(labels)):
                raise ValueError(f"{where} a program that is not on the target list: {strangers[0]}")
        return self

    @property
    def ranked(self) -> tuple[TargetProgram, ...]:
        """The rank order list as programs."""
        known = {program.label: program for program in self.programs}
        return tuple(known[label] for label in self.rank_order)


class Partner(RankLists):
    """The other one of a couple, as far as the Match of the two needs it."""

    applicant_type: ApplicantType


class Plan(RankLists):
    """A person's whole plan.

    id: tells this plan from every other one, over all its changes; stage: where the person stands in the season,
    None where they were not asked yet; client: the name on the report;
    applications: programs of one specialty that are applied to;
    criteria: what the person marks programs by, in the order shown;
    partner: with whom the person ranks as a couple; pairs: what the two rank, most wanted first, each
    the label of an own program and of one of the partner's, NO_MATCH for none; done: milestones of
    the roadmap that are done; weeks: how long milestones take, by code, where the applicant planned
    it; own_costs: in USD, by item, what no table has; cost_plans: ways to apply that are compared by
    their fees, each with the number of programs by specialty (None: as many as the first tier);
    start: the day the road begins, today where None; interview_notes: notes by question.
    """

    schema_version: Literal[4] = 4
    id: Annotated[str, Field(max_length=40)] = ""
    stage: Stage | None = None
    applicant: Applicant
    client: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    applications: Annotated[int | None, Whole(1, 1000, "The number of programs applied to")] = None
    scenarios: Annotated[tuple[Scenario, ...], Field(max_length=SCENARIOS)] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(max_length=CRITERIA)] = ()
    partner: Partner | None = None
    pairs: Annotated[tuple[tuple[Label, Label], ...], Field(max_length=MOST_RANKS)] = ()
    done: Annotated[tuple[Code, ...], Field(max_length=60)] = ()
    weeks: Weeks = Field(default_factory=dict)
    own_costs: Dollars = Field(default_factory=dict)
    cost_plans: Annotated[tuple[Applications, ...], Field(max_length=COST_PLANS)] = ()
    start: Annotated[date | None, day("The day the plan starts")] = None
    interview_notes: Annotated[dict[Code, Note], Field(max_length=100)] = Field(default_factory=dict)
    tutor: Tutor = Tutor()

    @model_validator(mode="after")
    def _names_are_unlike(self) -> Plan:
        _check_unlike("scenarios", [scenario.name for scenario in self.scenarios])
        _check_unlike("criteria", self.criteria)
        _check_unlike("pairs", self.pairs)
        if len(self.marked_by) > CRITERIA:
            raise ValueError(
                f"programs are marked by at most {CRITERIA} criteria, not by {len(self.marked_by)}"
            )
        return self

    @model_validator(mode="after")
    def _pairs_are_of_both(self) -> Plan:
        if self.pairs and self.partner is None:
            raise ValueError("there are pairs of a couple, and no partner")
        for whose, side, lists in (("own", 0, self), ("partner's", 1, self.partner or self)):
            named, known = {pair[side] for pair in self.pairs}, {p.label for p in lists.programs}
            if strangers := sorted(named - known - {NO_MATCH}):
                raise ValueError(f"a pair names a program that is not on the {whose} list: {strangers[0]}")
        if (NO_MATCH, NO_MATCH) in self.pairs:
            raise ValueError("a pair names no program at all")
        return self

    @property
    def marked_by(self) -> tuple[str, ...]:
        """The plan's criteria, and those that only a program has a mark for."""
        marked = (name for program in self.programs for name in program.criteria)
        return tuple(dict.fromkeys((*self.criteria, *marked)))


def _check_unlike(what: str, names: Sequence) -> None:
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        first = min(twice)
        told = first if isinstance(first, str) else " and ".join(name or "no match" for name in first)
        raise ValueError(f"two {what} have the same name: {told}")


class Opened(NamedTuple):
    """A plan from a file, and what is to be told of how the file was read."""

    plan: Plan
    notes: list[str]


def save(plan: Plan) -> bytes:
    """The plan as a JSON file (UTF-8); what is unknown or empty is left out."""
    content = plan.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return json.dumps({"schema_version": VERSION, **content}, indent=1, ensure_ascii=False).encode()


def read(content: bytes) -> Plan:
    """A plan from its file's bytes; see `open_file`, for who asks for no notes."""
    return open_file(content).plan


def open_file(content: bytes, specialties: Names | None = None) -> Opened:
    """A plan from its file's bytes; files of older versions are migrated.

    specialties: the names that the tables know, of today and former ones; a profile's specialty is
    then called by today's. Raises PlanError for a file that is too large, truncated, tampered with,
    of a later version, or that breaks a rule, naming the field.
    """
    found, notes = parsed(content)
    for former in range(_version(found), VERSION):
        found = MIGRATIONS[former](found)
    try:
        opened = Plan.model_validate(found | {"schema_version": VERSION})
    except ValidationError as error:
        raise PlanError("The file breaks a rule. " + _told(error)) from None
    return _renamed(opened, specialties, notes) if specialties else Opened(opened, notes)


def _version(found: dict) -> int:
    version = found.get("schema_version")
    if isinstance(version, str) and version.isdecimal() and len(version) < 4:
        version = int(version)  # as a spreadsheet or a script may write it
    if isinstance(version, float) and version.is_integer():
        version = int(version)
    if type(version) is not int:
        raise PlanError("This is not a plan saved here: it has no schema version.")
    if version > VERSION:
        raise PlanError(
            f"The file is of version {str(version)[:20]}, and this app reads up to "
            f"{VERSION}: open it in a newer Match Atlas."
        )
    if version < 1:
        raise PlanError(f"There is no version {str(version)[:20]} of this file.")
    return version


def _told(error: ValidationError) -> str:
    """The first problems of a file, each with its place and, where it is known, the mend."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        f"{place(problem['loc']) or 'plan'}: {_reason(problem)[:LONGEST_REASON]}"
        for problem in problems[:TOLD]
    ]
    more = len(problems) - TOLD
    return "; ".join(told) + (f"; and {more:,} more" if more > 0 else "")


def _reason(problem: ErrorDetails) -> str:
    if problem["type"] != "extra_forbidden":
        return problem["msg"].removeprefix("Value error, ")
    fields = {
        name
        for part in (Plan, Partner, Applicant, TargetProgram, Tutor, Scenario)
        for name in part.model_fields
    }
    near = difflib.get_close_matches(str(problem["loc"][-1])[:60], fields, 1)
    mend = f"did you mean {near[0]}?" if near else "take it out"
    return f"is not a field of a plan; {mend}"


def _renamed(plan: Plan, specialties: Names, notes: list[str]) -> Opened:
    """The plan with specialties by the names that the tables use today. Raises PlanError for a
    profile whose specialty they do not know."""
    former: dict[str, str] = {}

    def today(name: str) -> str:
        if (known := specialties.find(name)) is None:
            raise PlanError(
                f"The file names a specialty that the tables do not know: {name}. "
                f"{specialties.near(name).rstrip('; ')}".strip()
            )
        if known != name:
            former[name] = known
        return known

    def of_today(person: Applicant) -> Applicant:
        second = person.second_specialty and today(person.second_specialty)
        return person.model_copy(update={"specialty": today(person.specialty), "second_specialty": second})

    renamed = plan.model_copy(
        update={
            "applicant": of_today(plan.applicant),
            "scenarios": tuple(
                scenario.model_copy(update={"applicant": of_today(scenario.applicant)})
                for scenario in plan.scenarios
            ),
        }
    )
    told = [f"“{name}” is called {known} here." for name, known in former.items()]
    return Opened(renamed, notes + told)


def _from_profile_alone(found: dict[str, Any]) -> dict[str, Any]:
    """Version 1 was the profile alone."""
    return {
        "schema_version": 2,
        "applicant": {name: value for name, value in found.items() if name != "schema_version"},
    }


def _with_identity(found: dict[str, Any]) -> dict[str, Any]:
    """Version 2 had no identity: its content gives it one, so that opening it twice gives the same.

    It had Match Week and Match Day among what can be ticked; whoever ticked them has a list.
    """
    content = json.dumps(found, sort_keys=True).encode()
    done = found.get("done", ())
    if isinstance(done, list) and all(isinstance(code, str) for code in done):
        days = ("match_week", "match_day", "residency")
        done = [*dict.fromkeys("rank_list" if code in days else code for code in done)]
    return found | {"schema_version": 3, "id": sha256(content).hexdigest()[:32], "done": done}


def _with_partner(found: dict[str, Any]) -> dict[str, Any]:
    """Version 3 knew neither couples nor supplemental lists, and had nothing in their stead."""
    return found | {"schema_version": 4}


MIGRATIONS: dict[int, Callable[[dict], dict]] = {1: _from_profile_alone, 2: _with_identity, 3: _with_partner}
