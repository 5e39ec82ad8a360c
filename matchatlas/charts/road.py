"""The charts of the road: dates and costs; see `style` for what all charts share."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.style import (
    AXIS_HEIGHT,
    BLUE,
    GREY,
    RED,
    ROW_HEIGHT,
    SYMBOLS,
    color_of,
    kept,
    new_figure,
    wrapped,
)

WEEK_MS = 7 * 24 * 60 * 60 * 1000


@kept
def gantt(rows: pd.DataFrame, start: date) -> go.Figure:
    """A road as bars over time, the first milestone on top; official dates in a color of their own,
    and what ends too late in another.

    rows: milestone, state (in time, too late, published, expected), weeks, earliest_start, earliest_finish, latest_finish
    (dates), deadline_is; start: the day the plan begins, drawn as a dotted line.
    """
    names = wrapped(rows["milestone"])
    figure = new_figure(
        (ROW_HEIGHT + 2) * len(rows) + AXIS_HEIGHT + 60,
        xaxis={"type": "date", "tickformat": "%b<br>%Y"},
        yaxis={"categoryorder": "array", "categoryarray": names[::-1]},
        barmode="overlay",
    )
    rows = rows.assign(name=names)
    spare = rows[rows["latest_finish"] > rows["earliest_finish"]]
    figure.add_scatter(
        x=[day for row in spare.itertuples() for day in (row.earliest_finish, row.latest_finish, None)],
        y=[name for name in spare["name"] for _ in range(3)],
        mode="lines",
        name="Time left",
        line={"color": GREY, "width": 2},
        hoverinfo="skip",
    )
    for state, title, color, pattern in (
        ("in time", "In time", BLUE, ""),
        ("too late", "Ends too late", RED, "/"),
    ):
        part = rows[rows["state"] == state]
        bars, days = part[part["weeks"] > 0], part[part["weeks"] == 0]
        hover = "<b>%{y}</b><br>%{customdata[0]} to %{customdata[1]}<br>at the latest %{customdata[2]}"
        columns = ["earliest_start", "earliest_finish", "latest_finish"]
        figure.add_bar(
            base=bars["earliest_start"],
            y=bars["name"],
            orientation="h",
            name=title,
            x=bars["weeks"] * WEEK_MS,
            marker={"color": color, "pattern": {"shape": pattern}},
            customdata=bars[columns],
            hovertemplate=hover + "<extra></extra>",
        )
        figure.add_scatter(
            x=days["earliest_finish"],
            y=days["name"],
            mode="markers",
            name=f"{title}, a day",
            marker={"color": color, "symbol": "diamond", "size": 12},
            customdata=days[columns],
            hovertemplate=hover + "<extra></extra>",
        )
    for state, symbol in (("published", "star"), ("expected", "star-open")):
        days = rows[rows["state"] == state]
        figure.add_scatter(
            x=days["earliest_finish"],
            y=days["name"],
            mode="markers",
            name=f"Official, {state}",
            marker={"color": color_of("official", 3), "symbol": symbol, "size": 13},
            customdata=days[["deadline_is"]],
            hovertemplate="<b>%{y}</b><br>%{x|%-d %B %Y}, %{customdata[0]}<extra></extra>",
        )
    figure.add_vline(x=start.isoformat(), line={"dash": "dot", "width": 1.5, "color": GREY})
    return figure


@kept
def marginal_fee(fees: pd.DataFrame, plans: pd.DataFrame) -> go.Figure:
    """What the n-th application in one specialty costs, with each plan's last application on it.

    fees: application, fee_usd; plans: plan, specialty, applications, fee_usd (of the last one).
    """
    figure = new_figure(
        340,
        xaxis={"title": {"text": "Applications in one specialty"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "Fee of one more (USD)"}, "rangemode": "tozero"},
    )
    figure.add_scatter(
        x=fees["application"],
        y=fees["fee_usd"],
        mode="lines",
        name="Fee of the n-th application",
        line={"color": GREY, "width": 2.5, "shape": "hvh"},
        hovertemplate="application %{x}: $%{y:,.2f}<extra></extra>",
    )
    for number, (plan, rows) in enumerate(plans.groupby("plan", sort=False)):
        figure.add_scatter(
            x=rows["applications"],
            y=rows["fee_usd"],
            mode="markers",
            name=plan,
            marker={
                "color": color_of(plan, number),
                "symbol": SYMBOLS[number],
                "size": 20 - 3 * number,
            },  # plans that end alike stay visible
            customdata=rows[["specialty"]],
            hovertemplate="<b>%{customdata[0]}</b><br>%{x} applications, the last $%{y:,.2f}<extra></extra>",
        )
    return figure


@kept
def plan_totals(costs: pd.DataFrame) -> go.Figure:
    """Plans side by side, one bar each, a segment for each kind of figure.

    costs: plan, kind (published, your own figures), usd.
    """
    figure = new_figure(
        (ROW_HEIGHT + 20) * costs["plan"].nunique() + AXIS_HEIGHT + 30,
        barmode="stack",
        xaxis={"title": {"text": "USD"}, "rangemode": "tozero", "tickformat": ","},
        yaxis={"autorange": "reversed"},
    )
    for (kind, rows), color, pattern in zip(
        costs.groupby("kind", sort=False), (BLUE, RED), ("", "/"), strict=False
    ):
        figure.add_bar(
            x=rows["usd"],
            y=rows["plan"],
            name=kind,
            orientation="h",
            marker={"color": color, "pattern": {"shape": pattern}},
            hovertemplate="<b>%{y}</b><br>" + kind + ": $%{x:,.0f}<extra></extra>",
        )
    return figure
