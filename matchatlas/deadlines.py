"""Dates of the coming season, expected after the pattern of the last published one."""

from datetime import date

import pandas as pd

from matchatlas.applicant import Applicant

ROL_DEADLINE = "Rank order list certification deadline"


def certification_warning(applicant: Applicant, calendar: pd.DataFrame) -> str | None:
    """A warning where ECFMG certification comes after the rank order list deadline, else None.

    calendar: match_year, event, date. A deadline that is not published is expected on the day of
    the last published one, and called so. U.S. graduates need no ECFMG certification.
    """
    published = calendar[calendar["event"] == ROL_DEADLINE].sort_values("match_year")
    if (
        not applicant.applicant_type.endswith("IMG")
        or applicant.ecfmg_certified
        or applicant.ecfmg_expected is None
        or published.empty
    ):
        return None
    expected = applicant.ecfmg_expected
    last = published.iloc[-1]
    year = applicant.target_match_year or _match_year_after(expected)
    own = published[published["match_year"] == year]
    deadline = (
        own.iloc[-1]["date"].date()
        if len(own)
        else date(year, last["date"].month, last["date"].day)
    )
    if expected <= deadline:
        return None
    kind = "published" if len(own) else f"expected after the pattern of {last['match_year']}"
    return (
        f"Certification expected {expected:%d %B %Y} comes after the rank order list deadline of the "
        f"{year} Match, {deadline:%d %B %Y} ({kind}). Without it by then, the list does not take part."
    )


def _match_year_after(day: date) -> int:
    """The Match in whose season a day lies: applications open in the summer before it."""
    return day.year + (day.month >= 6)
