"""Charts: pure functions from DataFrames to Plotly figures, with one look for all of them.

Titles, sources and downloads stand around a chart (`ui.chart`); a figure holds marks and axes.
Colors come from palettes made for color-blind readers, with at least 3:1 contrast against both
the light and the dark background; shape or position always says the same as color.

Drawing a figure takes Plotly longer than all else on a page, and most visitors ask for the same
ones: the figures drawn last are kept by what they were drawn from (`_kept`), so a caller gets one
that others show as well, and changes only a copy of it.
"""

import functools
import hashlib
import pickle
import textwrap
import threading
from datetime import date

import pandas as pd
import plotly.graph_objects as go
from cachetools import LRUCache, cached

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
WEEK_MS = 7 * 24 * 60 * 60 * 1000
GRID = "rgba(128,128,128,0.25)"

TEMPLATE = go.layout.Template(
    layout=go.Layout(
        font={"size": 14},
        margin={"l": 8, "r": 16, "t": 8, "b": 8},
        xaxis={"automargin": True, "gridcolor": GRID, "zerolinecolor": GRID, "fixedrange": True},
        yaxis={"automargin": True, "gridcolor": GRID, "zerolinecolor": GRID, "fixedrange": True},
        hoverlabel={"font": {"size": 14}},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "x": 0,
            "title": {"text": ""},
            "traceorder": "normal",
        },
        bargap=0.25,
    )
)


_drawn, _lock = LRUCache(512), threading.Lock()  # figures of some 50 kB each


def _kept(draw):
    """Keep the figures a function drew last. The same rows give the same pickle."""

    def content(*arguments, **options) -> tuple[str, bytes]:
        given = pickle.dumps((arguments, options))
        return draw.__name__, hashlib.blake2b(given, digest_size=16).digest()

    def finished(*arguments, **options) -> go.Figure:
        figure = draw(*arguments, **options)
        figure._told = figure.to_dict()
        return figure

    return cached(_drawn, key=content, lock=_lock)(functools.wraps(draw)(finished))


class _Figure(go.Figure):
    """A figure that, once finished, has its plain form for the browser ready."""

    _told: dict | None = None

    def to_dict(self) -> dict:
        return self._told or super().to_dict()


def _figure(height: int, **layout) -> go.Figure:
    return _Figure(layout=go.Layout(template=TEMPLATE, height=height, **layout))


@_kept
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
        yaxis={"type": "category"},
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
        customdata=rows[["matched", "total", "low", "high", "specialty"]],
        hovertemplate="<b>%{y}</b><br>%{x:.1f} % matched<br>%{customdata[0]:,} of "
        "%{customdata[1]:,}<br>95 % interval %{customdata[2]:.0%} to %{customdata[3]:.0%}"
        "<extra></extra>",
    )
    return figure


@_kept
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
        customdata=rows[["specialty"]],
        hovertemplate="<b>%{y}</b><br>%{x:,}<extra></extra>",
    )
    return figure


@_kept
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
    if breaks is not None:
        _mark_breaks(figure, breaks, rows[year])
    figure.update_layout(hovermode="x unified", showlegend=rows[by].nunique() > 1)
    return figure


def _mark_breaks(figure: go.Figure, breaks: pd.DataFrame, years: pd.Series) -> None:
    inside = breaks[breaks["match_year"].between(years.min() + 1, years.max())]
    for level, change in enumerate(inside.itertuples()):
        figure.add_vline(
            x=change.match_year - 0.5,
            line={"dash": "dot", "width": 1.5, "color": GREY},
            annotation={
                "text": change.change,
                "yref": "paper",
                "y": 0.02 + 0.09 * level,
                "xanchor": "right",
                "font": {"size": 12, "color": GREY},
            },
        )


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


@_kept
def stacked_fills(fills: pd.DataFrame) -> go.Figure:
    """Who fills the positions: one bar a specialty, 100 % wide, one segment an applicant type.

    fills: specialty, applicant_type, share (0 to 1), filled_by_type, filled_total.
    """
    imgs = fills[fills["applicant_type"].isin(["US IMG", "Non-US IMG"])]
    order = imgs.groupby("specialty")["share"].sum().sort_values().index
    figure = _figure(
        ROW_HEIGHT * len(order) + AXIS_HEIGHT + 60,
        barmode="stack",
        xaxis={"title": {"text": "Share of positions filled (%)"}, "range": [0, 100]},
        yaxis={"categoryorder": "array", "categoryarray": _wrapped(pd.Series(order))},
    )
    for applicant_type, rows in fills.groupby("applicant_type", sort=False):
        figure.add_bar(
            x=100 * rows["share"],
            y=_wrapped(rows["specialty"]),
            name=applicant_type,
            orientation="h",
            marker={"color": TYPE_COLORS[applicant_type]},
            customdata=rows[["filled_by_type", "filled_total", "specialty"]],
            hovertemplate="<b>%{y}</b><br>%{x:.1f} % by " + applicant_type + "s<br>"
            "%{customdata[0]:,} of %{customdata[1]:,}<extra></extra>",
        )
    return figure


@_kept
def dumbbell(pairs: pd.DataFrame, label: str, guides: tuple[float, ...] = ()) -> go.Figure:
    """Matched against not matched, one row a specialty, highest matched mean on top.

    pairs: specialty, matched, not_matched (means), n_matched, n_not_matched; label: axis title
    with unit; guides: values drawn as dotted vertical lines (the guide's advice).
    """
    rows = pairs.sort_values("matched")
    names = _wrapped(rows["specialty"])
    figure = _figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT + 40,
        xaxis={"title": {"text": label}},
        yaxis={"categoryorder": "array", "categoryarray": names},
    )
    for name, low, high in zip(names, rows["matched"], rows["not_matched"], strict=True):
        figure.add_scatter(
            x=[low, high], y=[name, name], mode="lines", line={"color": GREY, "width": 2},
            showlegend=False, hoverinfo="skip",
        )  # fmt: skip
    for outcome, title, color, symbol in (
        ("not_matched", "Not matched", RED, "diamond"),
        ("matched", "Matched", BLUE, "circle"),
    ):
        figure.add_scatter(
            x=rows[outcome], y=names, mode="markers", name=title,
            marker={"color": color, "size": 11, "symbol": symbol},
            customdata=rows[[f"n_{outcome}", "specialty"]],
            hovertemplate="<b>%{y}</b><br>" + title + ": mean %{x:.1f}, n = %{customdata[0]:,}"
            "<extra></extra>",
        )  # fmt: skip
    for value in guides:
        figure.add_vline(
            x=value,
            line={"dash": "dot", "width": 1.5, "color": GREY},
            annotation={"text": f"{value:g}", "yref": "paper", "y": 1, "yanchor": "top"},
        )
    return figure


@_kept
def friendliness(rows: pd.DataFrame, mean_share: float, mean_rate: float) -> go.Figure:
    """IMGs' share of positions against their own match rate, one mark a specialty.

    rows: specialty, img_share, rate, low, high (0 to 1), matched, total, guide (the guide names
    it). The dotted lines are the shares over all specialties.
    """
    figure = _figure(
        520,
        xaxis={"title": {"text": "Positions filled by IMGs (%)"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Non-US IMGs' match rate (%)"}, "range": [0, 100]},
    )
    for named, title, symbol, color in (
        (False, "Other specialties", "circle", BLUE),
        (True, "Named by the guide", "star", RED),
    ):
        part = rows[rows["guide"] == named]
        figure.add_scatter(
            x=100 * part["img_share"],
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
            hovertemplate="<b>%{customdata[2]}</b><br>IMGs fill %{x:.1f} %<br>%{y:.1f} % of "
            "non-US IMGs matched (%{customdata[0]:,} of %{customdata[1]:,})<extra></extra>",
        )
    dotted = {"dash": "dot", "width": 1.5, "color": GREY}
    figure.add_vline(x=100 * mean_share, line=dotted)
    figure.add_hline(y=100 * mean_rate, line=dotted)
    return figure


def _label_places(rows: pd.DataFrame, mean_rate: float) -> list[str]:
    """Above or below the mark, away from the average's line; leftwards at the right edge."""
    upright = (rows["rate"] < mean_rate - 0.02).map({True: "bottom", False: "top"})
    side = (rows["img_share"] > 0.85 * rows["img_share"].max()).map({True: "left", False: "center"})
    return (upright + " " + side).tolist()


def enlarge(figure: go.Figure, dark: bool) -> go.Figure:
    """The figure for a projector: larger type in full contrast, and more room."""
    figure = go.Figure(figure)
    large = {"size": 20, "color": "#FFFFFF" if dark else "#000000"}
    figure.update_layout(font=large, legend={"font": large}, height=1.4 * figure.layout.height)
    figure.update_xaxes(tickfont=large, title={"font": large})
    figure.update_yaxes(tickfont=large, title={"font": large})
    return figure


@_kept
def tile_grid(states: pd.DataFrame, value: str, label: str, percent: bool) -> go.Figure:
    """A map of equal tiles, one a state, darker where `value` is larger.

    states: code, state, tile_row, tile_column, value (a share where percent). States without a
    row have no tile: missing is not zero.
    """
    shown = 100 * states[value] if percent else states[value]
    figure = _figure(
        430,
        xaxis={"visible": False, "range": [-0.6, 11.6]},
        yaxis={"visible": False, "range": [7.6, -0.6]},
    )
    figure.add_heatmap(
        x=states["tile_column"], y=states["tile_row"], z=shown, xgap=3, ygap=3,
        text=states["code"], texttemplate="%{text}",
        customdata=states[["state"]], colorscale="Cividis", reversescale=True,
        colorbar={"title": {"text": label, "side": "top"}, "orientation": "h", "thickness": 10,
                  "y": -0.02, "yanchor": "top"},
        hovertemplate="<b>%{customdata[0]}</b><br>" + label + ": %{z:,.1f}<extra></extra>",
    )  # fmt: skip
    return figure


@_kept
def waterfall(base: float, steps: list[tuple[str, float]], total: float) -> go.Figure:
    """From the base rate to the estimate, one bar a characteristic.

    base, total: percent; steps: (name, percentage points) in the order they add up.
    """
    names = ["Base rate", *(name for name, _ in steps), "Estimate"]
    figure = _figure(
        ROW_HEIGHT * len(names) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Match rate (%)"}, "range": [0, 100]},
        yaxis={"autorange": "reversed"},
    )
    figure.add_waterfall(
        orientation="h",
        y=_wrapped(pd.Series(names)),
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


@_kept
def curve(
    line: pd.DataFrame, label: str, own: tuple[float, float] | None, dots: pd.DataFrame
) -> go.Figure:
    """The estimate along one characteristic, its interval as a band.

    line: value, center, low, high (shares); label: the characteristic; own: the applicant's value
    and estimate (share), or None where unknown; dots: published bands: value, rate (share), n.
    """
    figure = _figure(
        380,
        xaxis={"title": {"text": label}},
        yaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102]},
    )
    figure.add_scatter(
        x=[*line["value"], *line["value"][::-1]],
        y=[*(100 * line["high"]), *(100 * line["low"][::-1])],
        mode="lines", fill="toself", fillcolor="rgba(0,114,178,0.18)", line={"width": 0}, name="95 % interval",
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=line["value"], y=100 * line["center"], mode="lines", name="Estimate",
        line={"color": BLUE, "width": 2.5}, hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
    )  # fmt: skip
    if len(dots):
        figure.add_scatter(
            x=dots["value"], y=100 * dots["rate"], mode="markers", name="Published, by quarter",
            marker={"color": GREY, "symbol": "diamond", "size": 11}, customdata=dots[["n"]],
            hovertemplate="%{x:.0f}: %{y:.0f} % of %{customdata[0]:,}<extra></extra>",
        )  # fmt: skip
    if own is not None:
        figure.add_scatter(
            x=[own[0]], y=[100 * own[1]], mode="markers", name="This applicant",
            marker={"color": RED, "symbol": "star", "size": 16},
            hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
        )  # fmt: skip
    return figure


@_kept
def reliability(cells: pd.DataFrame) -> go.Figure:
    """Predicted against published rates of held-out cells; on the line is calibrated.

    cells: predicted, observed (shares), n, cell, type.
    """
    figure = _figure(
        520,
        xaxis={"title": {"text": "Predicted (%)"}, "range": [0, 101]},
        yaxis={"title": {"text": "Published (%)"}, "range": [0, 101]},
    )
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"dash": "dot", "color": GREY}, showlegend=False,
        hoverinfo="skip",
    )  # fmt: skip
    for number, (name, rows) in enumerate(cells.groupby("type")):
        figure.add_scatter(
            x=100 * rows["predicted"], y=100 * rows["observed"], mode="markers", name=name,
            marker={"color": _color(name, number), "symbol": SYMBOLS[number], "opacity": 0.7,
                    "size": 5 + 2.2 * rows["n"].pow(0.25)},
            customdata=rows[["cell", "n"]],
            hovertemplate="<b>%{customdata[0]}</b><br>predicted %{x:.0f} %, published %{y:.0f} % "
            "of %{customdata[1]:,}<extra></extra>",
        )  # fmt: skip
    return figure


def gantt(rows: pd.DataFrame, start: date) -> go.Figure:
    """A road as bars over time, the first milestone on top; what is late in another color.

    rows: milestone, state (in time, late), weeks, earliest_start, earliest_finish, latest_finish
    (dates); start: the day the plan begins, drawn as a dotted line.
    """
    names = _wrapped(rows["milestone"])
    figure = _figure(
        (ROW_HEIGHT + 6) * len(rows) + AXIS_HEIGHT + 60,
        xaxis={"type": "date", "tickformat": "%b<br>%Y"},
        yaxis={"categoryorder": "array", "categoryarray": names[::-1]},
        barmode="overlay",
    )
    rows = rows.assign(name=names)
    spare = rows[rows["latest_finish"] > rows["earliest_finish"]]
    figure.add_scatter(
        x=[day for row in spare.itertuples() for day in (row.earliest_finish, row.latest_finish, None)],
        y=[name for name in spare["name"] for _ in range(3)],
        mode="lines", name="Time left", line={"color": GREY, "width": 2}, hoverinfo="skip",
    )  # fmt: skip
    for state, title, color, pattern in (
        ("in time", "In time", BLUE, ""),
        ("late", "Late", RED, "/"),
    ):
        part = rows[rows["state"] == state]
        bars, days = part[part["weeks"] > 0], part[part["weeks"] == 0]
        hover = (
            "<b>%{y}</b><br>%{customdata[0]} to %{customdata[1]}<br>at the latest %{customdata[2]}"
        )
        columns = ["earliest_start", "earliest_finish", "latest_finish"]
        figure.add_bar(
            base=bars["earliest_start"], y=bars["name"], orientation="h", name=title,
            x=bars["weeks"] * WEEK_MS, marker={"color": color, "pattern": {"shape": pattern}},
            customdata=bars[columns], hovertemplate=hover + "<extra></extra>",
        )  # fmt: skip
        figure.add_scatter(
            x=days["earliest_finish"], y=days["name"], mode="markers", name=f"{title}, a day",
            marker={"color": color, "symbol": "diamond", "size": 12},
            customdata=days[columns], hovertemplate=hover + "<extra></extra>",
        )  # fmt: skip
    figure.add_vline(x=start.isoformat(), line={"dash": "dot", "width": 1.5, "color": GREY})
    return figure


def marginal_fee(fees: pd.DataFrame, plans: pd.DataFrame) -> go.Figure:
    """What the n-th application in one specialty costs, with each plan's last application on it.

    fees: application, fee_usd; plans: plan, specialty, applications, fee_usd (of the last one).
    """
    figure = _figure(
        340,
        xaxis={"title": {"text": "Applications in one specialty"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Fee of one more (USD)"}, "rangemode": "tozero"},
    )
    figure.add_scatter(
        x=fees["application"], y=fees["fee_usd"], mode="lines", name="Fee of the n-th application",
        line={"color": GREY, "width": 2.5, "shape": "hvh"},
        hovertemplate="application %{x}: $%{y:,.2f}<extra></extra>",
    )  # fmt: skip
    for number, (plan, rows) in enumerate(plans.groupby("plan", sort=False)):
        figure.add_scatter(
            x=rows["applications"], y=rows["fee_usd"], mode="markers", name=plan,
            marker={"color": _color(plan, number), "symbol": SYMBOLS[number],
                    "size": 20 - 3 * number},  # plans that end alike stay visible
            customdata=rows[["specialty"]],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x} applications, the last $%{y:,.2f}"
            "<extra></extra>",
        )  # fmt: skip
    return figure


def plan_totals(costs: pd.DataFrame) -> go.Figure:
    """Plans side by side, one bar each, a segment for each kind of figure.

    costs: plan, kind (published, your own figures), usd.
    """
    figure = _figure(
        (ROW_HEIGHT + 20) * costs["plan"].nunique() + AXIS_HEIGHT + 30,
        barmode="stack",
        xaxis={"title": {"text": "USD"}, "rangemode": "tozero", "tickformat": ","},
        yaxis={"autorange": "reversed"},
    )
    for (kind, rows), color, pattern in zip(
        costs.groupby("kind", sort=False), (BLUE, RED), ("", "/"), strict=False
    ):
        figure.add_bar(
            x=rows["usd"], y=rows["plan"], name=kind, orientation="h",
            marker={"color": color, "pattern": {"shape": pattern}},
            hovertemplate="<b>%{y}</b><br>" + kind + ": $%{x:,.0f}<extra></extra>",
        )  # fmt: skip
    return figure


def compared(options: pd.DataFrame) -> go.Figure:
    """Estimates with their intervals in the order given, the first in grey: the one compared with.

    options: letter, rate, low, high (shares).
    """
    figure = _figure(
        ROW_HEIGHT * len(options) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Match rate (%)"}, "range": [0, 102]},
        yaxis={"type": "category", "autorange": "reversed"},
    )
    for number, row in enumerate(options.itertuples()):
        color = BLUE if number else GREY
        figure.add_scatter(
            x=[100 * row.rate], y=[row.letter], mode="markers", showlegend=False,
            marker={"size": 11, "color": color, "symbol": "circle" if number else "square"},
            error_x={"type": "data", "array": [100 * (row.high - row.rate)], "width": 0,
                     "arrayminus": [100 * (row.rate - row.low)], "color": color, "thickness": 2.5},
            hovertemplate=f"<b>%{{y}}</b>: %{{x:.0f}} %, {row.low:.0%} to {row.high:.0%}<extra></extra>",
        )  # fmt: skip
    return figure
