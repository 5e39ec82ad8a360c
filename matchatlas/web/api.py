"""The read-only JSON API: the figures of the pages, each with its source, for programs.

Mounted at /api/v1 by `app.py`; /api/v1/openapi.json describes it and is made from this code.
"""

import hashlib
from typing import Annotated, Any

import pandas as pd
from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from etl.contract import glossary
from etl.paths import ROOT, Paths
from matchatlas.applicant import Applicant
from matchatlas.catalog import provenance
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.odds.estimator import LABELS, NoEstimate
from matchatlas.web import ui
from matchatlas.web.api_answers import (
    Answer,
    Asked,
    BaseRate,
    Contribution,
    Estimated,
    Outcome,
    OutcomesAsked,
    PageAsked,
    Positions,
    Problem,
    Rate,
    RatesAsked,
    SpecialtyAsked,
    Table,
    TableRows,
    Tables,
    TablesAsked,
)

# Answers hang on the build and on the code that makes them.
_FILES = sorted((ROOT / "matchatlas").rglob("*.py"))
CODE = hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()[:8]


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The API's description, every property with the words the tables use for it."""
        if self.openapi_schema is None:
            words = glossary(Paths())
            for model in super().openapi()["components"]["schemas"].values():
                for name, entry in model.get("properties", {}).items():
                    if name in words:
                        entry.setdefault("description", f"{words[name].meaning} Unit: {words[name].unit}.")
        return super().openapi()


api = _Api(
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


@api.get("/rates", response_model=Answer[Rate])
def rates(asked: Annotated[RatesAsked, Query()], catalog: Live) -> dict[str, Any]:
    """Match rates by Match and applicant type, groups of types included."""
    return _answer(catalog, _matching(catalog.match_rates(), asked))


@api.get("/outcomes", response_model=Answer[Outcome])
def outcomes(asked: Annotated[OutcomesAsked, Query()], catalog: Live) -> dict[str, Any]:
    """Matched and unmatched by preferred specialty; rows of unlike measures are not comparable."""
    return _answer(catalog, _matching(catalog.outcomes(), asked))


@api.get("/positions", response_model=Answer[Positions])
def positions(asked: Annotated[SpecialtyAsked, Query()], catalog: Live) -> dict[str, Any]:
    """Positions offered and filled by Match and specialty; never add different scopes."""
    return _answer(catalog, _matching(catalog.positions(), asked))


@api.get("/estimate", response_model=Answer[Estimated])
def estimate(profile: Annotated[Applicant, Query()], catalog: Live) -> dict[str, Any]:
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


def _matching(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
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
