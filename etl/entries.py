"""What the entries of the YAML files under data/ are: a key that is not declared here is refused."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Named(_Entry):
    name: str
    aliases: list[str] = []


class Specialty(_Named):
    """A canonical specialty."""

    family: str


class ApplicantType(_Named):
    """An applicant type, or a group that sums several."""

    kind: Literal["type", "group", "former"]
    meaning: str


class State(_Named):
    """A state with its place in the tile map."""

    code: str
    tile_row: int
    tile_column: int


class Publisher(_Entry):
    """Who publishes, and what its rights are."""

    name: str
    url: str
    rights: str


class Source(_Entry):
    """One publication, and the copy that was read; sha256: of the publisher's file, where known."""

    id: str
    publisher: str
    year: int
    title: str
    read_from: str
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class Sources(_Entry):
    """data/sources.yml."""

    publishers: dict[str, Publisher]
    sources: list[Source]


SHAPES: dict[str, TypeAdapter] = {
    "specialties": TypeAdapter(list[Specialty]),
    "applicant_types": TypeAdapter(list[ApplicantType]),
    "states": TypeAdapter(list[State]),
    "sources": TypeAdapter(Sources),
}
