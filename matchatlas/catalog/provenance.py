"""What is known of where figures were read: the publisher's own page, a copy of the publication, or
a third party's transcription, and whether a second reading agrees. Pure; words for small print."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import pandas as pd

# Where people put up documents of others: what was read there is the publication's own page.
SHELVES = ("scribd.com", "studylib.net", "dokumen.tips", "123docz.net")
WIRE = ("prnewswire.com",)  # carries a publisher's release as it was sent
HOST = re.compile(r"(?:^|[\s(])((?:[a-z0-9-]+\.)+[a-z]{2,})(?=[/\s)]|$)")
PDF = re.compile(r"\bpdf\b", re.IGNORECASE)
JOURNALS = (
    "meridian.allenpress.com",
    "link.springer.com",
    "journals.lww.com",
    "iovs.arvojournals.org",
    "bmcmededuc.biomedcentral.com",
)
REPOSITORY = re.compile(r"(?:github ([\w.-]+/[\w.-]+)|^([\w.-]+/[\w.-]+)@)")
NAMED = 2  # copies named in a line; the rest is counted


@dataclass(frozen=True)
class Reading:
    """One copy that figures were read from.

    place: who keeps it, "" where that is not known; kind: "own" (the publisher's page or release),
    "copy" (of the publication itself) or "transcription" (typed off by somebody else).
    """

    place: str
    kind: str


@lru_cache(2048)
def readings(read_from: str, publisher_url: str) -> tuple[Reading, ...]:
    """The copies that `read_from` of data/sources.yml names, " ; " between them, each once; none for
    a publisher's own file, which has no `read_from`."""
    found = []
    for part in filter(None, read_from.split(" ; ")):
        repository, host = REPOSITORY.search(part), HOST.search(part)
        if repository:
            place = f"{repository[1] or repository[2]} on GitHub"
        else:
            place = host[1].removeprefix("www.") if host else ""
        own = publisher_url.removeprefix("https://").removeprefix("www.").split("/")[0]
        if f".{place}".endswith((f".{own}", ".gov")) or place in WIRE + JOURNALS:
            found.append(Reading(place, "own"))
        elif PDF.search(part) or place in SHELVES or part.startswith("publisher's "):
            found.append(Reading(place, "copy"))
        else:
            found.append(Reading(place, "transcription"))
    return tuple(dict.fromkeys(found))


def judged(rows: pd.DataFrame) -> tuple[int, int] | None:
    """How many of the figures rest on a single reading, of how many; None where they were not judged one
    by one, in a column `trust` (confirmed, single)."""
    trust = rows["trust"].tolist() if "trust" in rows else [None]
    return (trust.count("single"), len(trust)) if {*trust} <= {"confirmed", "single"} else None


def told(sources: pd.DataFrame, judged: tuple[int, int] | None = None) -> str:
    """What is known of the readings behind figures, in sentences; "" where nothing is.

    sources: read_from, url (the publisher's) of the publications they refer to; judged: of the
    figures themselves, see there; else the publications are.
    """
    if sources.empty:
        return ""
    read_from = sources["read_from"].fillna("")
    by_source = [readings(*pair) for pair in zip(read_from, sources["url"], strict=True)]
    # The copies that most publications were read from come first.
    every = [reading for reading, _ in Counter(chain(*by_source)).most_common()]
    sentences = []
    transcribers = [reading.place for reading in every if reading.kind == "transcription"]
    keepers = [reading.place for reading in every if reading.kind == "copy"]
    if not transcribers and not keepers:
        sentences.append("Read on the publisher's own pages.")
    if transcribers:
        sentences.append(f"As transcribed by {_listed(transcribers)}, not checked against the original.")
    if keepers:
        kept = f" kept by {_listed([*filter(None, keepers)])}" if any(keepers) else ""
        sentences.append(f"Read in a copy of the publication{kept}.")
    return " ".join([*sentences, *_single(by_source, judged)])


def _single(by_source: list[tuple[Reading, ...]], judged: tuple[int, int] | None) -> list[str]:
    """The mark of what rests on a single reading, if any does."""
    if judged is not None:
        (single, total), what = judged, "rows"
    else:
        alone = [found for found in by_source if [r.kind == "own" for r in found] == [False]]
        single, total, what = len(alone), len(by_source), "publications"
    if not single:
        return []
    if single == total:
        return ["◐ A single reading: no second copy was compared."]
    return [f"◐ {single:,} of {total:,} {what} rest on a single reading."]


def _listed(places: list[str]) -> str:
    named = [place for place in places if place]
    shown, more = named[:NAMED], len(named) - NAMED
    if len(named) < len(places):
        shown.append("an unnamed copy")
    if more > 0:
        shown.append(f"{more} other{'s' * (more > 1)} (Data page)")
    return ", ".join(shown[:-1]) + " and " * (len(shown) > 1) + shown[-1]
