"""Charts of Match Week and of the way of applicants through a Match; see `style` for the look."""

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.style import AXIS_HEIGHT, BLUE, GREY, RED, ROW_HEIGHT, kept, new_figure, wrapped

NODES = {
    "Registered": GREY,
    "Withdrew": GREY,
    "No rank order list": GREY,
    "Active": BLUE,
    "Matched": "#008A66",
    "Placed after the Match": "#6B8E23",
    "Not placed": RED,
    "Not matched": RED,
}


@kept
def open_positions(rows: pd.DataFrame) -> go.Figure:
    """Open positions as ranked bars. rows: specialty, open."""
    rows = rows.sort_values("open")
    figure = new_figure(
        ROW_HEIGHT * len(rows) + AXIS_HEIGHT, xaxis={"title": {"text": "Positions left open"}}
    )
    figure.add_bar(
        x=rows["open"],
        y=wrapped(rows["specialty"]),
        orientation="h",
        marker={"color": BLUE},
        text=rows["open"],
        textposition="auto",
        customdata=rows[["specialty"]],
        hovertemplate="<b>%{y}</b><br>%{x:,}<extra></extra>",
    )
    return figure


@kept
def before_and_after(rows: pd.DataFrame) -> go.Figure:
    """Two marks a row, joined: the match rate and the placement rate.

    rows: applicant_type, match_rate_pct, placement_rate_active_pct.
    """
    rows = rows.sort_values("match_rate_pct")
    names = wrapped(rows["applicant_type"])
    figure = new_figure(
        1.4 * ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        xaxis={"title": {"text": "Of 100 active applicants"}, "range": [0, 102]},
        yaxis={"type": "category"},
    )
    for name, row in zip(names, rows.itertuples(), strict=True):
        figure.add_scatter(
            x=[row.match_rate_pct, row.placement_rate_active_pct],
            y=[name, name],
            mode="lines",
            line={"color": GREY, "width": 3},
            hoverinfo="skip",
            showlegend=False,
        )
    for column, label, color, symbol in (
        ("match_rate_pct", "matched", BLUE, "circle"),
        ("placement_rate_active_pct", "placed after SOAP", "#008A66", "diamond"),
    ):
        figure.add_scatter(
            x=rows[column],
            y=names,
            mode="markers",
            name=label,
            marker={"size": 11, "color": color, "symbol": symbol},
            hovertemplate="<b>%{y}</b><br>%{x:.1f} %<extra></extra>",
        )
    return figure


def funnel_links(way: pd.Series) -> pd.DataFrame:
    """The steps of one applicant type in one Match, as far as they were published.

    way: registered, withdrew, no_rank_list, active, matched, placed_after_soap (NaN where not
    published). Returns source, target, people for `funnel`; steps without people are left out.
    """
    steps = []
    if way[["registered", "withdrew", "no_rank_list"]].notna().all():
        steps += [
            ("Registered", "Withdrew", way["withdrew"]),
            ("Registered", "No rank order list", way["no_rank_list"]),
            ("Registered", "Active", way["active"]),
        ]
    steps.append(("Active", "Matched", way["matched"]))
    rest = way["active"] - way["matched"]
    if pd.notna(way["placed_after_soap"]):
        placed = way["placed_after_soap"] - way["matched"]
        steps += [("Active", "Placed after the Match", placed), ("Active", "Not placed", rest - placed)]
    else:
        steps.append(("Active", "Not matched", rest))
    links = pd.DataFrame(steps, columns=["source", "target", "people"])
    return links[links["people"] > 0]


@kept
def funnel(links: pd.DataFrame) -> go.Figure:
    """The way of applicants through a Match as a Sankey diagram.

    links: source, target (names of `NODES`), people.
    """
    names = list(dict.fromkeys([*links["source"], *links["target"]]))
    into = links.groupby("target")["people"].sum()
    out = links.groupby("source")["people"].sum()
    labels = [f"{name}<br>{max(into.get(name, 0), out.get(name, 0)):,.0f}" for name in names]
    figure = new_figure(340)
    figure.add_sankey(
        node={"label": labels, "color": [NODES[name] for name in names], "pad": 24, "thickness": 16},
        link={
            "source": links["source"].map(names.index),
            "target": links["target"].map(names.index),
            "value": links["people"],
            "color": "rgba(128,128,128,0.16)",
        },
        valueformat=",.0f",
        textfont={"size": 15, "shadow": "none"},
    )
    return figure


@kept
def passing(rows: pd.DataFrame) -> go.Figure:
    """Pass rates in pairs of bars: first takers and repeaters.

    rows: group_tested, takers (first or repeat), passing_pct, tested.
    """
    figure = new_figure(340, yaxis={"title": {"text": "Passed (%)"}, "range": [0, 102]}, barmode="group")
    for takers, label, color in (("first", "first takers", BLUE), ("repeat", "repeaters", RED)):
        part = rows[rows["takers"] == takers]
        figure.add_bar(
            x=part["group_tested"],
            y=part["passing_pct"],
            name=label,
            marker={"color": color},
            text=part["passing_pct"],
            textposition="auto",
            customdata=part[["tested"]],
            hovertemplate="<b>%{x}</b><br>%{y:.0f} % of %{customdata[0]:,}<extra></extra>",
        )
    return figure
