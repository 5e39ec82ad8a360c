"""What the API can be asked, and the shape of its answers."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from matchatlas.applicant import ApplicantType

Row = TypeVar("Row")
Year = Annotated[int | None, Field(ge=1900, le=2100)]
Specialty = Annotated[str | None, Field(min_length=1, max_length=80)]
Share = Annotated[float, Field(ge=0, le=1)]


class Source(BaseModel):
    """A publication; known: where it was read, and whether a second reading agrees."""

    publisher: str
    year: int
    title: str
    known: str


class Answer(BaseModel, Generic[Row]):
    """The figures asked for, the build they are from, and the publications they name."""

    build_id: str
    built_at: datetime
    rows: list[Row]
    sources: dict[str, Source]


class Problem(BaseModel):
    """Why a request was refused, one sentence a reason."""

    errors: list[str]


class Asked(BaseModel):
    """The parameters of a request; one that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class RatesAsked(Asked):
    applicant_type: str | None = None
    match_year: Year = None


class SpecialtyAsked(Asked):
    specialty: Specialty = None
    match_year: Year = None


class OutcomesAsked(Asked):
    applicant_type: ApplicantType | None = None
    specialty: Specialty = None
    year: Year = None


class Rate(BaseModel):
    """Matched to any PGY-1 position; match_rate is a share of active applicants."""

    match_year: int
    applicant_type: str
    active: int | None
    matched: int | None
    match_rate: Share | None
    trust: Literal["confirmed", "single"]
    source_id: str


class Outcome(BaseModel):
    """Matched to the preferred specialty; measure tells who is counted."""

    year: int
    applicant_type: str
    specialty: str
    measure: str
    matched: int
    unmatched: int
    total: int
    source_id: str


class Positions(BaseModel):
    """Positions offered and filled; scope tells which are counted together."""

    match_year: int
    specialty: str
    scope: str
    programs: int | None
    offered: int
    filled: int | None
    fill_rate: Share | None
    source_id: str


class ColumnMeaning(BaseModel):
    """What a column means, and the unit of its values."""

    column: str
    title: str
    meaning: str
    unit: str


class Table(BaseModel):
    """One table: grain is what one row is, key the columns that occur together once."""

    mart: str
    title: str
    grain: str
    key: str
    columns: list[ColumnMeaning]


class Tables(BaseModel):
    """Every table of the build."""

    build_id: str
    tables: list[Table]


class TablesAsked(Asked):
    mart: Annotated[str | None, Field(max_length=80)] = None


class PageAsked(Asked):
    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(1000, ge=1, le=10_000)


class TableRows(BaseModel):
    """Some rows of a table, in its order: from `offset` on, of `total` in all."""

    build_id: str
    table: Table
    total: int
    rows: list[dict[str, Any]]
    sources: dict[str, Source]


class BaseRate(BaseModel):
    """The group's rate before evidence: n and matched are published counts (0 where derived)."""

    rate: Share
    low: Share
    high: Share
    matched: int
    n: int
    years: list[int]
    kind: str


class Contribution(BaseModel):
    characteristic: str
    points: float


class Estimated(BaseModel):
    """The estimate: shares of such applicants who will match, with 95 and 80 % intervals of that rate.

    of_hundred: between how many and how many of 100 such applicants will match (95 %, chance included);
    not_counted: what the profile says that the number does not know.
    """

    sentence: str
    match_year: int
    rate: Share
    low: Share
    high: Share
    low80: Share
    high80: Share
    base: BaseRate
    of_hundred: tuple[int, int]
    contributions: list[Contribution]
    not_counted: list[str]
    notes: list[str]
    source_ids: list[str]
