"""The read-only JSON API: the figures of the pages, each with its source, for programs.

Mounted at /api/v1 by `app.py`; /api/v1/openapi.json describes it and is made from this code.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

import pandas as pd
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException as StarletteHTTPException

from etl.contract import glossary
from etl.paths import ROOT, Paths
from matchatlas.applicant import Applicant, ApplicantType
from matchatlas.catalog import provenance
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.odds.estimator import LABELS, NoEstimate
from matchatlas.web import ui

# Answers hang on the build and on the code that makes them.
_FILES = sorted((ROOT / "matchatlas").rglob("*.py"))
CODE = hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()[:8]

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


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RatesAsked(_Asked):
    applicant_type: str | None = None
    match_year: Year = None


class SpecialtyAsked(_Asked):
    specialty: Specialty = None
    match_year: Year = None


class OutcomesAsked(_Asked):
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


class TablesAsked(_Asked):
    mart: Annotated[str | None, Field(max_length=80)] = None


class PageAsked(_Asked):
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


api = FastAPI(
    title="Match Atlas",
    version="1",
    description="Published figures of the U.S. residency Match, each with its source. Read only.",
    docs_url=None,  # Swagger's page is fetched from outside
    redoc_url=None,
    responses={
        304: {"description": "Not changed since the ETag given in If-None-Match"},
        404: {"model": Problem, "description": "No such figure"},
        422: {"model": Problem, "description": "A parameter is unknown or out of its range"},
        503: {"model": Problem, "description": "No database has been built yet"},
    },
)


def _live(request: Request, response: Response) -> Catalog:
    """The live build, by which answers may be kept; 304 where the client has this build's."""
    try:
        catalog = open_catalog()
    except FileNotFoundError:
        raise HTTPException(503, "No database has been built yet.") from None
    tag = f'"{catalog.build_id}-{CODE}"'
    kept = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if tag in request.headers.get("if-none-match", ""):
        raise HTTPException(304, headers=kept)
    response.headers.update(kept)
    return catalog


Live = Annotated[Catalog, Depends(_live)]


@api.get("/rates")
def rates(asked: Annotated[RatesAsked, Query()], catalog: Live) -> Answer[Rate]:
    """Match rates by Match and applicant type, groups of types included."""
    return _answer(catalog, _matching(catalog.match_rates(), asked))


@api.get("/outcomes")
def outcomes(asked: Annotated[OutcomesAsked, Query()], catalog: Live) -> Answer[Outcome]:
    """Matched and unmatched by preferred specialty; rows of unlike measures are not comparable."""
    return _answer(catalog, _matching(catalog.outcomes(), asked))


@api.get("/positions")
def positions(asked: Annotated[SpecialtyAsked, Query()], catalog: Live) -> Answer[Positions]:
    """Positions offered and filled by Match and specialty; never add different scopes."""
    return _answer(catalog, _matching(catalog.positions(), asked))


@api.get("/estimate")
def estimate(profile: Annotated[Applicant, Query()], catalog: Live) -> Answer[Estimated]:
    """How often applicants like this one will match to their preferred specialty, and how sure that is."""
    try:
        found = ui.model(catalog).estimate(profile)
    except NoEstimate as reason:
        raise HTTPException(404, str(reason)) from None
    base = found.base
    row = Estimated(
        sentence=found.sentence,
        match_year=found.match_year,
        rate=found.center,
        low=found.low,
        high=found.high,
        low80=found.low80,
        high80=found.high80,
        of_hundred=found.of_hundred,
        not_counted=list(found.not_counted),
        notes=list(found.notes),
        base=BaseRate(
            rate=base.center,
            low=base.low,
            high=base.high,
            matched=base.matched,
            n=base.n,
            years=list(base.editions),
            kind=base.kind,
        ),
        contributions=[
            Contribution(characteristic=LABELS[name], points=points) for name, points in found.contributions
        ],
        source_ids=list(found.source_ids),
    )
    return _with_sources(catalog, [row.model_dump()], row.source_ids)


@api.get("/tables")
def tables(asked: Annotated[TablesAsked, Query()], catalog: Live) -> Tables:
    """What every table holds: its grain, its key, and what its columns mean."""
    found = _matching(catalog.marts(), asked)
    described = [_table(catalog, row) for row in found.to_dict("records")]
    return Tables(build_id=catalog.build_id, tables=described)


@api.get("/tables/{mart}")
def table_rows(
    mart: Annotated[str, Path(max_length=80)], page: Annotated[PageAsked, Query()], catalog: Live
) -> TableRows:
    """Rows of any table that /tables names, with the publications they refer to."""
    marts = catalog.marts()
    found = marts[marts["mart"] == mart]
    if found.empty:
        raise HTTPException(404, f"No table {mart}; /tables names them all.")
    frame = catalog.table(mart)
    shown = frame.iloc[page.offset : page.offset + page.limit]
    source_ids = shown["source_id"].unique() if "source_id" in shown else []
    return TableRows(
        build_id=catalog.build_id,
        table=_table(catalog, found.to_dict("records")[0]),
        total=len(frame),
        rows=_records(shown),
        sources=_sources(catalog, source_ids),
    )


def _table(catalog: Catalog, mart: dict) -> Table:
    return Table(**mart, columns=catalog.columns(mart["mart"]).to_dict("records"))


def _matching(frame: pd.DataFrame, asked: _Asked) -> pd.DataFrame:
    """The rows asked for. Raises 404, naming the value that no row has."""
    for column, value in asked.model_dump(exclude_none=True).items():
        frame = frame[frame[column] == value]
        if frame.empty:
            raise HTTPException(404, f"No figure with {column} = {value}.")
    return frame


def _answer(catalog: Catalog, frame: pd.DataFrame) -> dict[str, Any]:
    return _with_sources(catalog, _records(frame), frame["source_id"].unique())


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _with_sources(catalog: Catalog, rows: list[dict], source_ids) -> dict[str, Any]:
    return {
        "build_id": catalog.build_id,
        "built_at": catalog.built_at,
        "rows": rows,
        "sources": _sources(catalog, source_ids),
    }


def _sources(catalog: Catalog, source_ids) -> dict[str, dict]:
    used = catalog.sources()
    used = used[used["source_id"].isin(source_ids)].set_index("source_id")
    return {
        row.Index: {
            "publisher": row.publisher,
            "year": row.year,
            "title": row.title,
            "known": provenance.told(used.loc[[row.Index]]),
        }
        for row in used.itertuples()
    }


def _described() -> dict[str, Any]:
    """The API's description, every property with the words the tables use for it."""
    if api.openapi_schema is None:
        words = glossary(Paths())
        schema = get_openapi(
            title=api.title, version=api.version, description=api.description, routes=api.routes
        )
        for model in schema["components"]["schemas"].values():
            for name, entry in model.get("properties", {}).items():
                if name in words:
                    entry.setdefault("description", f"{words[name].meaning} Unit: {words[name].unit}.")
        api.openapi_schema = schema
    return api.openapi_schema


api.openapi = _described


@api.exception_handler(RequestValidationError)
def _invalid(request: Request, error: RequestValidationError) -> Response:
    told = [
        f"{problem['loc'][-1]}: {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors()
    ]
    return JSONResponse({"errors": told}, 422)


@api.exception_handler(StarletteHTTPException)
def _refused(request: Request, error: StarletteHTTPException) -> Response:
    if error.status_code == 304:
        return Response(status_code=304, headers=error.headers)
    return JSONResponse({"errors": [error.detail]}, error.status_code, headers=error.headers)
