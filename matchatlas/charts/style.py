"""The one look of all charts: palette, template, and what drawing them shares.

Colors come from palettes made for color-blind readers, with at least 3:1 contrast against both
the light and the dark background; shape or position always says the same as color.

Drawing a figure takes Plotly longer than all else on a page, and most visitors ask for the same
ones: the figures drawn last are kept by what they were drawn from (`kept`), so a caller gets one
that others show as well, and changes only a copy of it.
"""

import functools
import hashlib
import html
import pickle
import textwrap
import threading
from collections.abc import Callable
from typing import Any, ParamSpec

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
ROW_HEIGHT = 32  # room for a label of two lines
AXIS_HEIGHT = 90
LABEL_WIDTH = 22
GRID = "rgba(128,128,128,0.25)"

TEMPLATE = go.layout.Template(
    layout=go.Layout(
        font={"size": 14},
        xaxis={
            "automargin": True,
            "gridcolor": GRID,
            "zerolinecolor": GRID,
            "fixedrange": True,
            "title": {"standoff": 12},
        },
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


_drawn: LRUCache = LRUCache(512)  # figures of some 50 kB each
_lock = threading.Lock()


Asked = ParamSpec("Asked")


def kept(draw: Callable[Asked, go.Figure]) -> Callable[Asked, go.Figure]:
    """Keep the figures a function drew last. The same rows give the same pickle."""

    def content(*arguments: Asked.args, **options: Asked.kwargs) -> tuple[str, bytes]:
        given = pickle.dumps((arguments, options))
        return draw.__name__, hashlib.blake2b(given, digest_size=16).digest()

    def finished(*arguments: Asked.args, **options: Asked.kwargs) -> go.Figure:
        figure = draw(*arguments, **options)
        figure._told = figure.to_dict()
        return figure

    return cached(_drawn, key=content, lock=_lock)(functools.wraps(draw)(finished))


class _Figure(go.Figure):
    """A figure that, once finished, has its plain form for the browser ready."""

    _told: dict | None = None

    def to_dict(self) -> dict:
        return self._told or super().to_dict()


def new_figure(height: float, **layout: Any) -> go.Figure:
    """An empty figure in the one look; height in pixels, layout as Plotly's."""
    # In the layout itself: of a template Streamlit's theme takes it, and cuts an axis's last figure.
    margin = {"l": 8, "r": 28, "t": 8, "b": 8}
    return _Figure(layout=go.Layout(template=TEMPLATE, height=height, margin=margin, **layout))


def wrapped(names: pd.Series) -> list[str]:
    """Names broken over two lines, so that on a phone the marks keep most of the width.

    A chart reads HTML: what came from outside stays text.
    """
    lines = (_two_lines(name) for name in names)
    return ["<br>".join(html.escape(line, quote=False) for line in told) for told in lines]


def _two_lines(name: str) -> list[str]:
    """A third line would run into the next row's."""
    widths = range(LABEL_WIDTH, max(LABEL_WIDTH, len(name)) + 1)
    return next(lines for width in widths if len(lines := textwrap.wrap(name, width)) <= 2)


def color_of(name: str, number: int) -> str:
    """An applicant type's own color, or the number-th of the palette."""
    palette = list(TYPE_COLORS.values())
    return TYPE_COLORS.get(name, palette[number % len(palette)])


def enlarge(figure: go.Figure, dark: bool) -> go.Figure:
    """The figure for a projector: larger type in full contrast, and more room."""
    figure = go.Figure(figure)
    large = {"size": 20, "color": "#FFFFFF" if dark else "#000000"}
    figure.update_layout(font=large, legend={"font": large}, height=1.4 * figure.layout.height)
    figure.update_xaxes(tickfont=large, title={"font": large})
    figure.update_yaxes(tickfont=large, title={"font": large})
    return figure
