"""Charts of single programs."""

import pandas as pd
import plotly.graph_objects as go

from matchatlas.charts.style import BLUE, GREY, kept, new_figure

HEIGHT = 220


@kept
def history(rows: pd.DataFrame, matches: tuple[int, int], most: int) -> go.Figure:
    """Positions of one program by Match: filled, and on top of them unfilled.

    rows: match_year, quota, filled, one a Match; a Match without a row has no bar. matches, most: the
    first and the last Match and the most positions of all charts that stand beside each other.
    """
    figure = new_figure(
        HEIGHT,
        barmode="stack",
        xaxis={
            "tickmode": "linear",
            "dtick": 1,
            "tickformat": "d",
            "range": [matches[0] - 0.5, matches[1] + 0.5],
        },
        yaxis={"title": {"text": "Positions"}, "range": [0, 1.05 * most], "rangemode": "tozero"},
    )
    unfilled = rows["quota"] - rows["filled"]
    for name, values, color, shape in (
        ("filled", rows["filled"], BLUE, ""),
        ("unfilled", unfilled, GREY, "/"),
    ):
        figure.add_bar(
            x=rows["match_year"],
            y=values,
            name=name,
            marker={"color": color, "pattern": {"shape": shape}},
            customdata=rows[["quota", "filled"]],
            hovertemplate="Match of %{x}<br>%{customdata[1]} of %{customdata[0]} positions filled<extra></extra>",
        )
    return figure
