"""What several pages show alike: choices kept in the URL, charts with their sources, notes."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from matchatlas.catalog import Catalog, open_catalog

APPLICANT_TYPE = "type"
SPECIALTY = "specialty"


def catalog() -> Catalog:
    """The catalog of the live build."""
    return open_catalog()


def choose(label: str, options: Sequence, key: str, default=None, **kwargs):
    """A select box bound to the URL parameter `key`; an unknown value there is said, not hidden."""
    options = list(options)
    _note_unknown(label, key, [str(option) for option in options])
    index = options.index(default) if default in options else 0
    return st.selectbox(label, options, index=index, key=key, bind="query-params", **kwargs)


def choose_applicant_type() -> str:
    """The applicant type, the same choice on every page."""
    types = catalog().applicant_types()
    return choose(
        "Applicant type",
        types["applicant_type"],
        APPLICANT_TYPE,
        default="Non-US IMG",
        help="\n".join(f"- **{row.applicant_type}**: {row.meaning}" for row in types.itertuples()),
    )


def choose_several(label: str, options: Sequence, key: str, default=(), **kwargs) -> list:
    """A multiselect bound to the URL parameter `key`, with the same care for unknown values."""
    options = list(options)
    _note_unknown(label, key, [str(option) for option in options])
    known = [value for value in default if value in options]
    return st.multiselect(label, options, default=known, key=key, bind="query-params", **kwargs)


def _note_unknown(label: str, key: str, known: list[str]) -> None:
    # Read before the widget: Streamlit drops what it does not know from the URL without a word.
    asked = st.query_params.get_all(key)
    unknown = [value for value in asked if value and value not in known]
    if unknown:
        shown = ", ".join(f"“{value[:40]}”" for value in unknown[:3])
        st.info(
            f"The link asked for {shown} as {label.lower()}, which is not to be had here; "
            "the default is shown instead."
        )


def chart(
    title: str,
    measure: str,
    figure: go.Figure,
    data: pd.DataFrame,
    *,
    alt: str,
    key: str,
    people: str | None = None,
) -> None:
    """A chart with all that makes it citable.

    title states the finding, measure the unit and who is counted, alt tells the chart to who does
    not see it; data are the plotted rows (with `source_id`), offered as CSV; people is the number
    of people behind it, said beside the sources.
    """
    st.markdown(f"#### {title}")
    st.caption(measure)
    st.plotly_chart(
        figure,
        alt=alt,
        key=f"chart-{key}",
        config={"displaylogo": False, "displayModeBar": False, "responsive": True},
    )
    source_line(data, people)
    st.download_button(
        "CSV",
        to_csv(data),
        file_name=f"match-atlas-{key}.csv",
        mime="text/csv",
        key=f"download-{key}",
        icon=":material/download:",
        help=f"The figures of “{title}” with their sources",
        on_click="ignore",
    )


def source_line(data: pd.DataFrame, people: str | None = None) -> None:
    """Who published the figures in `data`: publication, year and table; and how many people."""
    titles = source_titles(data["source_id"])
    text = "; ".join(titles[:3])
    if len(titles) > 3:
        text += f"; and {len(titles) - 3} more (Data page)"
    st.caption(f"Source: {text}." + (f" n = {people}." if people else ""))


def source_titles(source_ids: pd.Series) -> list[str]:
    """The distinct titles of publications, newest first."""
    used = catalog().sources()
    used = used[used["source_id"].isin(source_ids)].sort_values("year", ascending=False)
    return list(dict.fromkeys(used["title"]))


def to_csv(data: pd.DataFrame) -> bytes:
    """CSV as UTF-8; text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    safe = data.copy()
    for column in safe.select_dtypes(include=["object", "string"]):
        safe[column] = safe[column].where(
            ~safe[column].astype("string").str.match(r"[=+\-@\t\r]", na=False),
            "'" + safe[column].astype("string"),
        )
    return safe.to_csv(index=False).encode("utf-8-sig")


def missing(what: str, how: str) -> None:
    """Say that a figure is not in the tables, and how it would get there."""
    st.info(f"{what} {how}", icon=":material/help:")
