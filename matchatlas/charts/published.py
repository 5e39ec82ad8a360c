"""Charts of the published tables: pure functions from DataFrames to Plotly figures.

Titles, sources and downloads stand around a chart (`ui.chart`); a figure holds marks and axes. See
`style` for what all charts share.
"""

from bisect import bisect_left
from collections.abc import Iterable

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
    TYPE_COLORS,
    color_of,
    kept,
    new_figure,
    wrapped,
)


@kept
def ranked_rates(rates: pd.DataFrame, color: str = BLUE, own: str | None = None) -> go.Figure:
    """Match rates as ranked dots with their intervals, best on top.

    rates: specialty, rate, low, high (shares), matched, total; one row a specialty; own: the one that
    is the reader's, marked by a star.
    """
    rows = rates.sort_values("rate")
    is_own = rows["specialty"] == own
    figure = new_figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102], "side": _side(rows)},
        yaxis={"type": "category"},
    )
    figure.add_scatter(
        x=100 * rows["rate"],
        y=wrapped(rows["specialty"]),
        mode="markers",
        marker={
            "size": is_own.map({True: 16, False: 10}),
            "color": is_own.map({True: RED, False: color}),
            "symbol": is_own.map({True: "star", False: "circle"}),
            "opacity": 1,
        },
        error_x={
            "type": "data",
            "array": 100 * (rows["high"] - rows["rate"]),
            "arrayminus": 100 * (rows["rate"] - rows["low"]),
            "color": color,
            "thickness": 2,
            "width": 0,
        },
        customdata=rows[["matched", "total", "low", "high", "specialty"]],
        hovertemplate="<b>%{y}</b><br>%{x:.1f} % matched<br>%{customdata[0]:,} of "
        "%{customdata[1]:,}<br>95 % interval %{customdata[2]:.0%} to %{customdata[3]:.0%}"
        "<extra></extra>",
    )
    return figure


@kept
def ranked_bars(rows: pd.DataFrame, value: str, label: str, color: str = BLUE) -> go.Figure:
    """Ranked horizontal bars from zero, largest on top.

    rows: specialty and the column `value`; label: the axis title with its unit.
    """
    rows = rows.sort_values(value)
    figure = new_figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={"title": {"text": label}, "side": _side(rows)},
        yaxis={"type": "category"},
    )
    figure.add_bar(
        x=rows[value],
        y=wrapped(rows["specialty"]),
        orientation="h",
        marker={"color": color},
        customdata=rows[["specialty"]],
        hovertemplate="<b>%{y}</b><br>%{x:,}<extra></extra>",
    )
    return figure


@kept
def trend(
    rows: pd.DataFrame,
    year: str,
    value: str,
    label: str,
    by: str,
    percent: bool = False,
    breaks: pd.DataFrame | None = None,
) -> go.Figure:
    """Lines over years, one a value of `by`.

    rows: columns year, value (a share where percent), by. Years without a figure leave a gap.
    breaks: match_year, change: where years before and after are unlike, drawn as dotted lines.
    """
    figure = new_figure(
        360,
        yaxis={"title": {"text": label}, "rangemode": "tozero"},
        xaxis={"title": {"text": "Match year"}, "dtick": _tick(rows[year]), "tickformat": "d"},
    )
    if percent:
        figure.update_yaxes(range=[0, 102])
    for number, (name, line) in enumerate(rows.groupby(by, sort=False)):
        # Every year between the first and the last has its place, so that a gap is seen as one.
        line = line.set_index(year)[value].astype(float)
        line = line.reindex(range(line.index.min(), line.index.max() + 1))
        figure.add_scatter(
            x=line.index,
            y=100 * line if percent else line,
            name=str(name),
            mode="lines+markers",
            connectgaps=False,
            line={"color": color_of(name, number), "width": 2.5},
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 8},
            hovertemplate="%{x}: %{y:.1f} %" if percent else "%{x}: %{y:,}",
        )
    if breaks is not None:
        mark_breaks(figure, breaks, rows[year])
    figure.update_layout(hovermode="x unified", showlegend=rows[by].nunique() > 1)
    return figure


def match_rates(rows: pd.DataFrame, breaks: pd.DataFrame) -> go.Figure:
    """The match rate over years, one line an applicant type; rows: match_year, match_rate, applicant_type."""
    return trend(
        rows, "match_year", "match_rate", "Match rate (%)", "applicant_type", percent=True, breaks=breaks
    )


def mark_breaks(
    figure: go.Figure, breaks: pd.DataFrame, years: Iterable[int], on_places: bool = False
) -> None:
    """Dotted lines where years before and after are unlike, each named; one before the first year or
    after the last has no place. on_places: the axis holds the years that there are, side by side."""
    years = sorted(set(years))
    inside = breaks[breaks["match_year"].between(years[0] + 1, years[-1])]
    for level, change in enumerate(inside.itertuples()):
        first_after = bisect_left(years, change.match_year)
        figure.add_vline(
            x=(first_after if on_places else change.match_year) - 0.5,
            line={"dash": "dot", "width": 1.5, "color": GREY},
            annotation={
                "text": change.change,
                "yref": "paper",
                "y": 0.02 + 0.09 * level,
                "yanchor": "bottom",
                "xanchor": "right",
                "font": {"size": 12, "color": GREY},
            },
        )


def _side(rows: pd.DataFrame) -> str:
    """A long chart has its scale on top, where reading begins."""
    return "top" if len(rows) > 12 else "bottom"


def _tick(years: pd.Series) -> int:
    return max(1, round((years.max() - years.min()) / 8))


@kept
def stacked_fills(fills: pd.DataFrame) -> go.Figure:
    """Who fills the positions: one bar a specialty, 100 % wide, one segment an applicant type.

    fills: specialty, applicant_type, share (0 to 1), filled_by_type, filled_total.
    """
    imgs = fills[fills["applicant_type"].isin(["US IMG", "Non-US IMG"])]
    order = imgs.groupby("specialty")["share"].sum().sort_values().index
    figure = new_figure(
        ROW_HEIGHT * len(order) + AXIS_HEIGHT + 60,
        barmode="stack",
        xaxis={"title": {"text": "Share of positions filled (%)"}, "range": [0, 100]},
        yaxis={"categoryorder": "array", "categoryarray": wrapped(pd.Series(order))},
    )
    for applicant_type, rows in fills.groupby("applicant_type", sort=False):
        figure.add_bar(
            x=100 * rows["share"],
            y=wrapped(rows["specialty"]),
            name=applicant_type,
            orientation="h",
            marker={"color": TYPE_COLORS[applicant_type]},
            customdata=rows[["filled_by_type", "filled_total", "specialty"]],
            hovertemplate="<b>%{y}</b><br>%{x:.1f} % by " + applicant_type + "s<br>"
            "%{customdata[0]:,} of %{customdata[1]:,}<extra></extra>",
        )
    return figure


@kept
def dumbbell(pairs: pd.DataFrame, label: str, guides: tuple[float, ...] = ()) -> go.Figure:
    """Matched against not matched, one row a specialty, highest matched mean on top.

    pairs: specialty, matched, not_matched (means), n_matched, n_not_matched; label: axis title
    with unit; guides: values drawn as dotted vertical lines (the guide's advice).
    """
    rows = pairs.sort_values("matched")
    names = wrapped(rows["specialty"])
    figure = new_figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT + 40,
        xaxis={"title": {"text": label}},
        yaxis={"categoryorder": "array", "categoryarray": names},
    )
    for name, low, high in zip(names, rows["matched"], rows["not_matched"], strict=True):
        figure.add_scatter(
            x=[low, high],
            y=[name, name],
            mode="lines",
            line={"color": GREY, "width": 2},
            showlegend=False,
            hoverinfo="skip",
        )
    for outcome, title, color, symbol in (
        ("not_matched", "Not matched", RED, "diamond"),
        ("matched", "Matched", BLUE, "circle"),
    ):
        figure.add_scatter(
            x=rows[outcome],
            y=names,
            mode="markers",
            name=title,
            marker={"color": color, "size": 11, "symbol": symbol},
            customdata=rows[[f"n_{outcome}", "specialty"]],
            hovertemplate="<b>%{y}</b><br>" + title + ": mean %{x:.1f}, n = %{customdata[0]:,}"
            "<extra></extra>",
        )
    for value in guides:
        figure.add_vline(
            x=value,
            line={"dash": "dot", "width": 1.5, "color": GREY},
            annotation={"text": f"{value:g}", "yref": "paper", "y": 1, "yanchor": "top"},
        )
    return figure


@kept
def friendliness(rows: pd.DataFrame, mean_share: float, mean_rate: float) -> go.Figure:
    """Non-US IMGs' share of positions against their own match rate, one mark a specialty.

    rows: specialty, non_us_share, rate, low, high (0 to 1), matched, total, guide (the guide names
    it). The dotted lines are the shares over all specialties.
    """
    figure = new_figure(
        520,
        xaxis={"title": {"text": "Positions filled by non-US IMGs (%)"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Non-US IMGs' match rate (%)"}, "range": [0, 100]},
    )
    for named, title, symbol, color in (
        (False, "Other specialties", "circle", BLUE),
        (True, "Named by the guide", "star", RED),
    ):
        part = rows[rows["guide"] == named]
        figure.add_scatter(
            x=100 * part["non_us_share"],
            y=100 * part["rate"],
            name=title,
            mode="markers+text",
            text=part["specialty"].where(named | part["total"].ge(300), ""),
            textposition=_label_places(part, mean_rate),
            cliponaxis=False,
            marker={"symbol": symbol, "size": 13 if named else 9, "color": color},
            error_y={
                "type": "data",
                "array": 100 * (part["high"] - part["rate"]),
                "arrayminus": 100 * (part["rate"] - part["low"]),
                "color": GRID,
                "width": 0,
            },
            customdata=part[["matched", "total", "specialty"]],
            hovertemplate="<b>%{customdata[2]}</b><br>non-US IMGs fill %{x:.1f} %<br>%{y:.1f} % of "
            "non-US IMGs matched (%{customdata[0]:,} of %{customdata[1]:,})<extra></extra>",
        )
    dotted = {"dash": "dot", "width": 1.5, "color": GREY}
    figure.add_vline(x=100 * mean_share, line=dotted)
    figure.add_hline(y=100 * mean_rate, line=dotted)
    return figure


def _label_places(rows: pd.DataFrame, mean_rate: float) -> list[str]:
    """Above or below the mark, away from the average's line; leftwards at the right edge."""
    upright = (rows["rate"] < mean_rate - 0.02).map({True: "bottom", False: "top"})
    side = (rows["non_us_share"] > 0.85 * rows["non_us_share"].max()).map({True: "left", False: "center"})
    return (upright + " " + side).tolist()


@kept
def tile_grid(states: pd.DataFrame, value: str, label: str, percent: bool) -> go.Figure:
    """A map of equal tiles, one a state, darker where `value` is larger.

    states: code, state, tile_row, tile_column, value (a share where percent). States without a
    row have no tile: missing is not zero.
    """
    shown = 100 * states[value] if percent else states[value]
    figure = new_figure(
        430, xaxis={"visible": False, "range": [-0.6, 11.6]}, yaxis={"visible": False, "range": [7.6, -0.6]}
    )
    figure.add_heatmap(
        x=states["tile_column"],
        y=states["tile_row"],
        z=shown,
        xgap=3,
        ygap=3,
        text=states["code"],
        texttemplate="%{text}",
        customdata=states[["state"]],
        colorscale="Cividis",
        reversescale=True,
        colorbar={
            "title": {"text": label, "side": "top"},
            "orientation": "h",
            "thickness": 10,
            "y": -0.02,
            "yanchor": "top",
        },
        hovertemplate="<b>%{customdata[0]}</b><br>" + label + ": %{z:,.1f}<extra></extra>",
    )
    return figure


@kept
def tile_groups(states: pd.DataFrame, group: str, order: list[str]) -> go.Figure:
    """A map of equal tiles, one a state, colored by the group it belongs to.

    states: code, state, tile_row, tile_column and the column `group`, one of `order`.
    """
    colors = dict(zip(order, (BLUE, "#008A66", GREY), strict=False))
    figure = new_figure(
        420,
        xaxis={"visible": False, "range": [-0.7, 11.7]},
        yaxis={"visible": False, "range": [8.6, -0.7], "scaleanchor": "x"},
    )
    for name in order:
        rows = states[states[group] == name]
        figure.add_scatter(
            x=rows["tile_column"],
            y=rows["tile_row"],
            mode="markers+text",
            name=name,
            text=rows["code"],
            textfont={"color": "#FFFFFF", "size": 12},
            marker={"symbol": "square", "size": 32, "color": colors[name]},
            customdata=rows[["state"]],
            hovertemplate="<b>%{customdata[0]}</b><br>" + name + "<extra></extra>",
        )
    return figure
