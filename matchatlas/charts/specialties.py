"""Charts of one specialty: who ranks it, who fills it, its programs; see `style` for the look."""

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.published import mark_breaks
from matchatlas.charts.style import AXIS_HEIGHT, BLUE, GREY, RED, ROW_HEIGHT, color_of, kept, new_figure


@kept
def fills_over_years(rows: pd.DataFrame, breaks: pd.DataFrame) -> go.Figure:
    """Positions filled, one bar a year, one segment an applicant type; a year not read has no bar.

    rows: match_year, applicant_type, filled. breaks: as `published.trend` takes them.
    """
    years = sorted(rows["match_year"].unique())
    figure = new_figure(
        380,
        barmode="stack",
        xaxis={
            "title": {"text": "Match year"},
            "type": "category",
            "categoryorder": "array",
            "categoryarray": [str(year) for year in years],
        },
        yaxis={"title": {"text": "Positions filled"}},
    )
    for number, (name, part) in enumerate(rows.groupby("applicant_type", sort=False)):
        # Only what was read: in a stack, Plotly begins anew from zero above a missing value.
        part = part.dropna(subset=["filled"])
        figure.add_bar(
            x=part["match_year"].astype(str),
            y=part["filled"],
            name=name,
            marker={"color": color_of(name, number)},
            hovertemplate="%{x}: %{y:,} by " + name + "s<extra></extra>",
        )
    mark_breaks(figure, breaks, years, on_places=True)
    return figure


@kept
def ranked_and_matched(rows: pd.DataFrame) -> go.Figure:
    """How many ranked a specialty, and how many of the positions were theirs, in pairs of bars.

    rows: applicant_type, applicants_ranking_specialty, matched.
    """
    figure = new_figure(
        2 * ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        barmode="group",
        xaxis={"title": {"text": "People"}},
        yaxis={"categoryorder": "array", "categoryarray": rows["applicant_type"].tolist()[::-1]},
    )
    for column, label, color in (
        ("matched", "matched to it", BLUE),
        ("applicants_ranking_specialty", "ranked it", GREY),
    ):
        figure.add_bar(
            x=rows[column],
            y=rows["applicant_type"],
            name=label,
            orientation="h",
            marker={"color": color},
            text=rows[column],
            textposition="auto",
            hovertemplate="%{y}: %{x:,}<extra>" + label + "</extra>",
        )
    return figure


@kept
def program_sizes(rows: pd.DataFrame) -> go.Figure:
    """How many programs offer how many positions. rows: quota (a number), programs."""
    figure = new_figure(
        300, xaxis={"title": {"text": "Positions a program offers"}}, yaxis={"title": {"text": "Programs"}}
    )
    figure.add_bar(
        x=rows["quota"],
        y=rows["programs"],
        marker={"color": BLUE},
        hovertemplate="%{y} programs with %{x} positions<extra></extra>",
    )
    return figure


@kept
def unfilled_again(rows: pd.DataFrame) -> go.Figure:
    """In how many of five Matches programs had a position open. rows: years_unfilled_of_5, programs."""
    figure = new_figure(
        280,
        xaxis={"title": {"text": "Matches with an open position, of five"}, "dtick": 1},
        yaxis={"title": {"text": "Programs"}},
    )
    figure.add_bar(
        x=rows["years_unfilled_of_5"],
        y=rows["programs"],
        text=rows["programs"],
        textposition="auto",
        marker={"color": [BLUE if years == 0 else RED for years in rows["years_unfilled_of_5"]]},
        hovertemplate="%{y} programs in %{x} of five<extra></extra>",
    )
    return figure
