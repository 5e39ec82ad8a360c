"""Finding programs: what is asked of the list, and the rows that answer it. No Streamlit here."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

# The Census Bureau's regions (Census Regions and Divisions of the United States,
# https://www2.census.gov/geo/pdfs/maps-data/maps/reference/us_regdiv.pdf); Puerto Rico is in none of them.
REGIONS = {
    "Northeast": (
        "Connecticut",
        "Maine",
        "Massachusetts",
        "New Hampshire",
        "New Jersey",
        "New York",
        "Pennsylvania",
        "Rhode Island",
        "Vermont",
    ),
    "Midwest": (
        "Illinois",
        "Indiana",
        "Iowa",
        "Kansas",
        "Michigan",
        "Minnesota",
        "Missouri",
        "Nebraska",
        "North Dakota",
        "Ohio",
        "South Dakota",
        "Wisconsin",
    ),
    "South": (
        "Alabama",
        "Arkansas",
        "Delaware",
        "District of Columbia",
        "Florida",
        "Georgia",
        "Kentucky",
        "Louisiana",
        "Maryland",
        "Mississippi",
        "North Carolina",
        "Oklahoma",
        "South Carolina",
        "Tennessee",
        "Texas",
        "Virginia",
        "West Virginia",
    ),
    "West": (
        "Alaska",
        "Arizona",
        "California",
        "Colorado",
        "Hawaii",
        "Idaho",
        "Montana",
        "Nevada",
        "New Mexico",
        "Oregon",
        "Utah",
        "Washington",
        "Wyoming",
    ),
    "Puerto Rico": ("Puerto Rico",),
}
LAST = "Positions unfilled in the last Match"
FULL = "Filled in every Match it was in"
NEW = "New, or not in every Match"
FILLS = {
    "Any": lambda rows: rows["quota"] > 0,
    LAST: lambda rows: rows["unfilled"] > 0,
    FULL: lambda rows: rows["matches_unfilled"] == 0,
    NEW: lambda rows: rows["matches"] < rows["last_match"] - rows["earliest"] + 1,
}
COMPARED = 4  # programs side by side; more do not fit a screen


@dataclass(frozen=True)
class Wanted:
    """What is asked for; what is empty asks for nothing.

    places: states and regions, either; beside: a specialty that the same institution offers as
    well; unfilled_in: in how many Matches at least some positions stayed unfilled.
    """

    text: str = ""
    places: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    beside: str = ""
    levels: tuple[str, ...] = ()
    size: tuple[int, int] = (1, 10**6)
    fill: str = "Any"
    unfilled_in: int = 0


def states_of(places: Iterable[str]) -> set[str]:
    """The states of places: regions, or states themselves."""
    return {state for place in places for state in REGIONS.get(place, (place,))}


def places_among(states: Iterable[str]) -> list[str]:
    """What can be asked for among the states that a list has: the regions, then the states."""
    return [*REGIONS, *sorted(set(states) - REGIONS.keys())]


def find(programs: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """The rows of the program list (`Catalog.program_list`) that answer, in its order.

    With `beside`, an institution's programs of either specialty, where it has both.
    """
    specialties = wanted.specialties
    kept = programs["quota"].between(*wanted.size) & FILLS[wanted.fill](programs)
    kept &= programs["matches_unfilled"] >= wanted.unfilled_in
    if wanted.places:
        kept &= programs["state"].isin(states_of(wanted.places))
    if wanted.levels:
        kept &= programs["level"].isin(wanted.levels)
    if wanted.text:
        words = programs["institution"].astype(str)
        for column in ("city", "program", "code"):
            words = words.str.cat(programs[column].astype(str), sep=" ", na_rep="")
        kept &= words.str.contains(wanted.text, case=False, regex=False)
    if wanted.beside:
        where = list(zip(programs["state"], programs["institution"], strict=True))
        here = pd.Series(where, index=programs.index)
        of_first = (
            programs["specialty"].isin(specialties) if specialties else programs["specialty"] != wanted.beside
        )
        both = set(here[of_first & kept]) & set(here[(programs["specialty"] == wanted.beside) & kept])
        kept &= here.isin(both)
        specialties = (*specialties, wanted.beside) if specialties else ()
    if specialties:
        kept &= programs["specialty"].isin(specialties)
    return programs[kept]
