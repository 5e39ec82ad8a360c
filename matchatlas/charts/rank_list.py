"""The charts of the rank list lab; see `style` for what all charts share."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.style import AXIS_HEIGHT, BLUE, GREY, RED, ROW_HEIGHT, new_figure, wrapped

BANDS = {BLUE: "rgba(0,114,178,0.18)", RED: "rgba(213,94,0,0.18)"}


def odds_by_place(rows: pd.DataFrame) -> go.Figure:
    """Bars down the rank order list, the first choice on top, not matched in grey below.

    rows: name, rate, low, high (shares), in the list's order, not matched last.
    """
    names = wrapped(rows["name"])
    figure = new_figure(
        2 * ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Simulated Matches (%)"}, "range": [0, 100]},
        yaxis={"type": "category", "autorange": "reversed"},
    )
    figure.add_bar(
        x=100 * rows["rate"],
        y=names,
        orientation="h",
        marker={"color": [BLUE] * (len(rows) - 1) + [GREY]},
        error_x={
            "type": "data",
            "array": 100 * (rows["high"] - rows["rate"]),
            "arrayminus": 100 * (rows["rate"] - rows["low"]),
            "color": GREY,
        },
        customdata=100 * rows[["low", "high"]],
        hovertemplate="<b>%{y}</b><br>%{x:.0f} of 100, 95 % interval %{customdata[0]:.0f} to "
        "%{customdata[1]:.0f}<extra></extra>",
    )
    return figure


def odds_by_length(simulated: pd.DataFrame, published: pd.DataFrame | None) -> go.Figure:
    """Odds against the length of the list: this list simulated, and the estimate beside it.

    simulated: length, rate, low, high; published: value, center, low, high (shares).
    """
    figure = new_figure(
        380,
        xaxis={"title": {"text": "Programs ranked"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102]},
    )
    _band(figure, simulated["length"], simulated["rate"], simulated, "This list, simulated", BLUE)
    if published is not None:
        _band(
            figure,
            published["value"],
            published["center"],
            published,
            "Estimate from published counts",
            RED,
            dash="dash",
        )
    return figure


def couple_outcomes(bars: pd.DataFrame) -> go.Figure:
    """Bars for both, one and neither of a couple matched, those of each outcome side by side.

    bars: series, outcome, rate, and low and high where there is an interval (shares).
    """
    series = list(dict.fromkeys(bars["series"]))
    outcomes = list(dict.fromkeys(bars["outcome"]))
    figure = new_figure(
        ROW_HEIGHT * len(bars) + 2 * AXIS_HEIGHT,
        barmode="group",
        xaxis={"title": {"text": "Couples (%)"}, "range": [0, 100]},
        yaxis={
            "type": "category",
            "autorange": "reversed",
            "categoryarray": [outcome.capitalize() for outcome in outcomes],
        },
    )
    for name, color in zip(series, (BLUE, RED, GREY), strict=False):
        rows = bars[bars["series"] == name]
        figure.add_bar(
            x=100 * rows["rate"],
            y=[outcome.capitalize() for outcome in rows["outcome"]],
            orientation="h",
            name=name,
            marker={"color": color},
            error_x={
                "type": "data",
                "array": (100 * (rows["high"] - rows["rate"])).fillna(0),
                "arrayminus": (100 * (rows["rate"] - rows["low"])).fillna(0),
                "color": GREY,
                "visible": bool(rows["low"].notna().any()),
            },
            hovertemplate=f"<b>%{{y}}</b><br>{name}: %{{x:.0f}} of 100<extra></extra>",
        )
    return figure


def _band(
    figure: go.Figure,
    x: Sequence[float],
    center: pd.Series,
    bounds: pd.DataFrame,
    name: str,
    color: str,
    dash: str = "solid",
) -> None:
    figure.add_scatter(
        x=[*x, *x[::-1]],
        y=[*(100 * bounds["high"]), *(100 * bounds["low"][::-1])],
        mode="lines",
        fill="toself",
        fillcolor=BANDS[color],
        line={"width": 0},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=x,
        y=100 * center,
        mode="lines+markers",
        name=name,
        line={"color": color, "width": 2.5, "dash": dash},
        hovertemplate="%{x} ranked: %{y:.0f} %<extra></extra>",
    )
