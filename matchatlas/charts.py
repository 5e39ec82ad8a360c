"""Charts: pure functions from DataFrames to Plotly figures, with one look for all of them.

Titles, sources and downloads stand around a chart (`ui.chart`); a figure holds marks and axes.
Colors come from palettes made for color-blind readers, with at least 3:1 contrast against both
the light and the dark background; shape or position always says the same as color.
"""

import textwrap

import pandas as pd
import plotly.graph_objects as go

BLUE, RED, GREY = "#0072B2", "#D55E00", "#767676"
TYPE_COLORS = {
    "US MD Senior": BLUE,
    "US DO Senior": "#008A66",
    "US IMG": RED,
    "Non-US IMG": "#AA4499",
    "US MD Graduate": "#4C8FBF",
    "US DO Graduate": "#6B8E23",
    "IMG (US + non-US)": "#9A6A00",
    "All applicants": GREY,
}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon")
ROW_HEIGHT = 28
AXIS_HEIGHT = 90
LABEL_WIDTH = 22
GRID = "rgba(128,128,128,0.25)"

TEMPLATE = go.layout.Template(
    layout=go.Layout(
        font={"size": 14},
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        xaxis={"automargin": True, "gridcolor": GRID, "zerolinecolor": GRID, "fixedrange": True},
        yaxis={"automargin": True, "gridcolor": GRID, "zerolinecolor": GRID, "fixedrange": True},
        hoverlabel={"font": {"size": 14}},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0, "title": {"text": ""}},
        bargap=0.25,
    )
)


def _figure(height: int, **layout) -> go.Figure:
    return go.Figure(layout=go.Layout(template=TEMPLATE, height=height, **layout))


def ranked_rates(rates: pd.DataFrame, color: str = BLUE) -> go.Figure:
    """Match rates as ranked dots with their intervals, best on top.

    rates: specialty, rate, low, high (shares), matched, total; one row a specialty.
    """
    rows = rates.sort_values("rate")
    figure = _figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={
            "title": {"text": "Match rate (%)", "standoff": 4},
            "range": [0, 102],
            "side": _side(rows),
        },
    )
    figure.add_scatter(
        x=100 * rows["rate"],
        y=_wrapped(rows["specialty"]),
        mode="markers",
        marker={"size": 10, "color": color},
        error_x={
            "type": "data",
            "array": 100 * (rows["high"] - rows["rate"]),
            "arrayminus": 100 * (rows["rate"] - rows["low"]),
            "color": color,
            "thickness": 2,
            "width": 0,
        },
        customdata=rows[["matched", "total", "low", "high"]],
        hovertemplate="<b>%{y}</b><br>%{x:.1f} % matched<br>%{customdata[0]:,} of "
        "%{customdata[1]:,}<br>95 % interval %{customdata[2]:.0%} to %{customdata[3]:.0%}"
        "<extra></extra>",
    )
    return figure


def ranked_bars(rows: pd.DataFrame, value: str, label: str, color: str = BLUE) -> go.Figure:
    """Ranked horizontal bars from zero, largest on top.

    rows: specialty and the column `value`; label: the axis title with its unit.
    """
    rows = rows.sort_values(value)
    figure = _figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={"title": {"text": label, "standoff": 4}, "side": _side(rows)},
    )
    figure.add_bar(
        x=rows[value],
        y=_wrapped(rows["specialty"]),
        orientation="h",
        marker={"color": color},
        hovertemplate="<b>%{y}</b><br>%{x:,}<extra></extra>",
    )
    return figure


def trend(
    rows: pd.DataFrame, year: str, value: str, label: str, by: str, percent: bool = False
) -> go.Figure:
    """Lines over years, one a value of `by`, each named at its last point.

    rows: columns year, value (a share where percent), by. Years without a figure leave a gap.
    """
    figure = _figure(
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
            line={"color": _color(name, number), "width": 2.5},
            marker={"symbol": SYMBOLS[number % len(SYMBOLS)], "size": 8},
            hovertemplate="%{x}: %{y:.1f} %" if percent else "%{x}: %{y:,}",
        )
    figure.update_layout(hovermode="x unified", showlegend=rows[by].nunique() > 1)
    return figure


def _wrapped(names: pd.Series) -> list[str]:
    """Names broken over lines, so that on a phone the marks keep most of the width."""
    return ["<br>".join(textwrap.wrap(name, LABEL_WIDTH)) for name in names]


def _side(rows: pd.DataFrame) -> str:
    """A long chart has its scale on top, where reading begins."""
    return "top" if len(rows) > 12 else "bottom"


def _tick(years: pd.Series) -> int:
    return max(1, round((years.max() - years.min()) / 8))


def _color(name: str, number: int) -> str:
    palette = list(TYPE_COLORS.values())
    return TYPE_COLORS.get(name, palette[number % len(palette)])
