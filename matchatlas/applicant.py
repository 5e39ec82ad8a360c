"""The applicant's profile: one truth for the URL, the saved file and the estimator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
)
from pydantic_core import CoreSchema, core_schema

from matchatlas.text import ONE_LINE

ApplicantType = Literal[
    "US MD Senior", "US DO Senior", "US MD Graduate", "US DO Graduate", "US IMG", "Non-US IMG"
]
VisaNeed = Literal["none", "J-1", "H-1B"]
# What a day of a plan can be. Before and after them no table has a date to hold it against.
EARLIEST_DAY, LATEST_DAY = date(2000, 1, 1), date(2100, 12, 31)
APPLICANT_TYPES: tuple[str, ...] = get_args(ApplicantType)


@dataclass(frozen=True)
class Whole:
    """Makes an optional field a whole number from `low` to `high`; the error message states the range."""

    low: int
    high: int
    meaning: str

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._checked, handler(kind))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema) | {"minimum": self.low, "maximum": self.high}

    def _checked(self, value: Any) -> int | None:
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if isinstance(value, bool) or not (self.low <= number <= self.high and number == int(number)):
            raise ValueError(
                f"{self.meaning} must be a whole number from {self.low} to {self.high}, not {value!r}"
            )
        return int(number)


def day(meaning: str) -> BeforeValidator:
    """Makes an optional field a day from EARLIEST_DAY to LATEST_DAY; the error message states the range."""

    def check(value: Any) -> date | None:
        if value is None:
            return None
        try:
            found = value if type(value) is date else date.fromisoformat(value.removesuffix("T00:00:00"))
        except (AttributeError, ValueError):  # no text, or no day
            found = date.min
        if not EARLIEST_DAY <= found <= LATEST_DAY:
            raise ValueError(
                f"{meaning} must be one from {EARLIEST_DAY} to {LATEST_DAY}, written as "
                f"2027-03-05, not {value!r}"
            )
        return found

    return BeforeValidator(check)


class Applicant(BaseModel):
    """A validated applicant profile. Only type and specialty are required; None is unknown.

    Raises pydantic.ValidationError for an unknown field and for a value out of its range, with
    the range in the message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    applicant_type: ApplicantType
    specialty: Annotated[str, Field(min_length=1, max_length=80), ONE_LINE]
    step2_ck: Annotated[
        int | None, Whole(1, 300, "A Step 2 CK score (the published data cover about 200 to 285)")
    ] = None
    step1_first_attempt_pass: bool | None = None
    contiguous_ranks: Annotated[int | None, Whole(1, 300, "The number of contiguous ranks")] = None
    specialties_ranked: Annotated[int | None, Whole(1, 20, "The number of distinct specialties ranked")] = (
        None
    )
    second_specialty: Annotated[str | None, Field(min_length=1, max_length=80), ONE_LINE] = None
    second_ranks: Annotated[
        int | None, Whole(1, 300, "The number of contiguous ranks in the second specialty")
    ] = None
    research_experiences: Annotated[int | None, Whole(0, 100, "The number of research experiences")] = None
    publications: Annotated[int | None, Whole(0, 300, "The number of publications")] = None
    abstracts_presentations_publications: Annotated[
        int | None, Whole(0, 500, "The number of abstracts, presentations and publications")
    ] = None
    work_experiences: Annotated[int | None, Whole(0, 100, "The number of work experiences")] = None
    volunteer_experiences: Annotated[int | None, Whole(0, 100, "The number of volunteer experiences")] = None
    visa_need: VisaNeed | None = None
    years_since_graduation: Annotated[int | None, Whole(0, 60, "The years since graduation")] = None
    usce_elective_months: Annotated[int | None, Whole(0, 60, "The months of hands-on U.S. electives")] = None
    usce_externship_months: Annotated[int | None, Whole(0, 60, "The months of U.S. externship")] = None
    usce_observership_months: Annotated[int | None, Whole(0, 60, "The months of U.S. observership")] = None
    us_letters: Annotated[int | None, Whole(0, 20, "The number of U.S. letters")] = None
    target_match_year: Annotated[int | None, Whole(2020, 2100, "The Match year aimed at")] = None
    ecfmg_certified: bool | None = None
    ecfmg_expected: Annotated[date | None, day("The day of certification")] = None

    @property
    def is_img(self) -> bool:
        """Whether this is an international medical graduate, who needs ECFMG certification."""
        return self.applicant_type.endswith("IMG")

    def told_beside_the_figures(self) -> tuple[str, ...]:
        """What the profile says that no published figure ties to the outcome, in plain words."""
        passed, visa, years = (self.step1_first_attempt_pass, self.visa_need, self.years_since_graduation)
        told = {
            "Step 1 passed at the first attempt" if passed else "Step 1 failed at first": passed is not None,
            f"{visa} visa needed": visa not in (None, "none"),
            "no visa needed": visa == "none",
            f"{years} years since graduation": years is not None,
        }
        for name, meaning in (
            ("usce_elective_months", "months of U.S. electives"),
            ("usce_externship_months", "months of U.S. externship"),
            ("usce_observership_months", "months of U.S. observership"),
            ("us_letters", "U.S. letters"),
        ):
            told[f"{getattr(self, name)} {meaning}"] = getattr(self, name) is not None
        return tuple(words for words, said in told.items() if said)

    def to_query(self) -> dict[str, str]:
        """The profile as URL parameters: short names, text values, unknown left out."""
        known = self.model_dump(mode="json", exclude_none=True)
        return {
            QUERY_NAMES[name]: str(int(value)) if isinstance(value, bool) else str(value)
            for name, value in known.items()
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Applicant | None, list[str]]:
        """Read `to_query`'s parameters: the profile, and a note for each one dropped.

        The profile is None where applicant type or specialty is missing or impossible.
        """
        given = {FIELD_NAMES[key]: value for key, value in query.items() if key in FIELD_NAMES}
        notes = [
            f"'{key}' is not a known parameter and was left out." for key in query if key not in FIELD_NAMES
        ]
        try:
            return cls.model_validate(given), notes
        except ValidationError as error:
            for problem in error.errors():
                name = str(problem["loc"][0])
                reason = problem["msg"].removeprefix("Value error, ")
                if given.pop(name, None) is not None:
                    notes.append(f"'{QUERY_NAMES[name]}' was left out: {reason}")
        try:
            return cls.model_validate(given), notes
        except ValidationError:
            return None, [*notes, "Applicant type and specialty are needed."]


QUERY_NAMES = {
    "applicant_type": "type",
    "specialty": "specialty",
    "step2_ck": "ck",
    "step1_first_attempt_pass": "s1",
    "contiguous_ranks": "ranks",
    "specialties_ranked": "specs",
    "second_specialty": "also",
    "second_ranks": "also_ranks",
    "research_experiences": "research",
    "publications": "publications",
    "abstracts_presentations_publications": "app",
    "work_experiences": "work",
    "volunteer_experiences": "volunteer",
    "visa_need": "visa",
    "years_since_graduation": "ysg",
    "usce_elective_months": "elective",
    "usce_externship_months": "externship",
    "usce_observership_months": "observership",
    "us_letters": "letters",
    "target_match_year": "match",
    "ecfmg_certified": "ecfmg",
    "ecfmg_expected": "ecfmg_by",
}
FIELD_NAMES = {short: name for name, short in QUERY_NAMES.items()}
