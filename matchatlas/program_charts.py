"""Charts of single programs."""

import pandas as pd
import plotly.graph_objects as go

from matchatlas.drawing import BLUE, GREY, kept, new_figure

HEIGHT = 220


@kept
def history(rows: pd.DataFrame, most: int) -> go.Figure:
    """Positions of one program by Match: filled, and on top of them unfilled.

    rows: match_year, quota, filled, one a Match; a Match without a row has no bar. most: the top of
    the axis, so that charts beside each other can be compared.
    """
    figure = new_figure(
        HEIGHT, barmode="stack", xaxis={"tickmode": "linear", "dtick": 1, "tickformat": "d"},
        yaxis={"title": {"text": "Positions"}, "range": [0, 1.05 * most], "rangemode": "tozero"},
    )  # fmt: skip
    unfilled = rows["quota"] - rows["filled"]
    for name, values, color, shape in (("filled", rows["filled"], BLUE, ""), ("unfilled", unfilled, GREY, "/")):
        figure.add_bar(
            x=rows["match_year"], y=values, name=name, marker={"color": color, "pattern": {"shape": shape}},
            customdata=rows[["quota", "filled"]],
            hovertemplate="Match of %{x}<br>%{customdata[1]} of %{customdata[0]} positions filled<extra></extra>",
        )  # fmt: skip
    return figure
