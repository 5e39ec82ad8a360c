"""The charts of estimates; see `style` for what all charts share."""

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.style import (
    AXIS_HEIGHT,
    BLUE,
    GREY,
    GRID,
    RED,
    ROW_HEIGHT,
    SYMBOLS,
    color_of,
    kept,
    new_figure,
    wrapped,
)


@kept
def waterfall(base: float, steps: list[tuple[str, float]], total: float) -> go.Figure:
    """From the base rate to the estimate, one bar a characteristic.

    base, total: percent; steps: (name, percentage points) in the order they add up.
    """
    names = ["Base rate", *(name for name, _ in steps), "Estimate"]
    figure = new_figure(
        ROW_HEIGHT * len(names) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Match rate (%)"}, "range": [0, 100]},
        yaxis={"autorange": "reversed"},
    )
    figure.add_waterfall(
        orientation="h",
        y=wrapped(pd.Series(names)),
        x=[base, *(points for _, points in steps), total],
        measure=["absolute", *("relative" for _ in steps), "total"],
        text=[f"{base:.0f} %", *(f"{points:+.1f}" for _, points in steps), f"{total:.0f} %"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": BLUE}},
        decreasing={"marker": {"color": RED}},
        totals={"marker": {"color": GREY}},
        connector={"line": {"color": GRID}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    return figure


@kept
def curve(
    line: pd.DataFrame,
    label: str,
    own: tuple[float, float] | None,
    dots: pd.DataFrame | None = None,
    levels: tuple[float, ...] = (),
) -> go.Figure:
    """The estimate along one characteristic, its interval as a band.

    line: value, center, low, high (shares); label: the characteristic; own: the applicant's value
    and estimate (share), or None where unknown; dots: published bands: value, rate (share), n;
    levels: rates (shares) to read off, each a dotted line.
    """
    figure = new_figure(
        380, xaxis={"title": {"text": label}}, yaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102]}
    )
    figure.add_scatter(
        x=[*line["value"], *line["value"][::-1]],
        y=[*(100 * line["high"]), *(100 * line["low"][::-1])],
        mode="lines",
        fill="toself",
        fillcolor="rgba(0,114,178,0.18)",
        line={"width": 0},
        name="95 % interval",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=line["value"],
        y=100 * line["center"],
        mode="lines",
        name="Estimate",
        line={"color": BLUE, "width": 2.5},
        hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
    )
    for level in levels:
        figure.add_hline(100 * level, line={"dash": "dot", "width": 1.5, "color": GREY})
    if dots is not None and len(dots):
        figure.add_scatter(
            x=dots["value"],
            y=100 * dots["rate"],
            mode="markers",
            name="Published, by band",
            marker={"color": GREY, "symbol": "diamond", "size": 11},
            customdata=dots[["n"]],
            hovertemplate="%{x:.0f}: %{y:.0f} % of %{customdata[0]:,}<extra></extra>",
        )
    if own is not None:
        figure.add_scatter(
            x=[own[0]],
            y=[100 * own[1]],
            mode="markers",
            name="This applicant",
            marker={"color": RED, "symbol": "star", "size": 16},
            hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
        )
    return figure


@kept
def reliability(cells: pd.DataFrame) -> go.Figure:
    """Predicted against published rates of held-out cells; on the line is calibrated.

    cells: predicted, observed (shares), n, cell, type (a group of applicants).
    """
    figure = new_figure(
        520,
        xaxis={"title": {"text": "Predicted (%)"}, "range": [0, 101]},
        yaxis={"title": {"text": "Published (%)"}, "range": [0, 101]},
    )
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"dash": "dot", "color": GREY},
        showlegend=False,
        hoverinfo="skip",
    )
    for number, (name, rows) in enumerate(cells.groupby("type")):
        figure.add_scatter(
            x=100 * rows["predicted"],
            y=100 * rows["observed"],
            mode="markers",
            name=name,
            marker={
                "color": color_of(name, number),
                "symbol": SYMBOLS[number],
                "opacity": 0.7,
                "size": 5 + 2.2 * rows["n"].pow(0.25),
            },
            customdata=rows[["cell", "n"]],
            hovertemplate="<b>%{customdata[0]}</b><br>predicted %{x:.0f} %, published %{y:.0f} % "
            "of %{customdata[1]:,}<extra></extra>",
        )
    return figure


def compared(options: pd.DataFrame) -> go.Figure:
    """Estimates with their intervals in the order given, the first in grey: the one compared with.

    options: letter, rate, low, high (shares).
    """
    figure = new_figure(
        ROW_HEIGHT * len(options) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102]},
        yaxis={"type": "category", "autorange": "reversed"},
    )
    for number, row in enumerate(options.itertuples()):
        color = BLUE if number else GREY
        figure.add_scatter(
            x=[100 * row.rate],
            y=[row.letter],
            mode="markers",
            showlegend=False,
            marker={"size": 11, "color": color, "symbol": "circle" if number else "square"},
            error_x={
                "type": "data",
                "array": [100 * (row.high - row.rate)],
                "width": 0,
                "arrayminus": [100 * (row.rate - row.low)],
                "color": color,
                "thickness": 2.5,
            },
            hovertemplate=f"<b>%{{y}}</b>: %{{x:.0f}} %, {row.low:.0%} to {row.high:.0%}<extra></extra>",
        )
    return figure
