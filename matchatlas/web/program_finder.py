"""The program finder on the page: what to look for, the table, programs side by side."""

import pandas as pd
import streamlit as st

from matchatlas.catalog.programs import list_programs
from matchatlas.charts import programs as program_charts
from matchatlas.road.finder import COMPARED, FILLS, Wanted, find, places_among
from matchatlas.road.targets import listed
from matchatlas.web import bring, target_list, ui

COLUMNS = [
    "institution",
    "city",
    "state",
    "specialty",
    "program",
    "level",
    "quota",
    "filled",
    "history",
    "matches_unfilled",
    "code",
]


def programs() -> pd.DataFrame:
    """The program list: of the report that this visitor brought, else of this site's own."""
    own = bring.held(bring.PROGRAMS)
    return _own_list(own.name, own) if own else ui.catalog().program_list()


@st.cache_data(scope="session", max_entries=2, show_spinner=False)
def _own_list(name: str, _own) -> pd.DataFrame:
    return list_programs(_own.rows)


def show(offered: pd.DataFrame, specialty: str) -> None:
    """The finder over a program list; specialty: the one it begins with."""
    wanted, shown = _ask(offered, specialty)
    first, last = offered["earliest"].min(), offered["last_match"].iloc[0]
    st.markdown(
        f"{len(shown):,} of {len(offered):,} programs of the {last} Match. Tick rows at their left edge to add "
        f"them to your list; up to {COMPARED} of them are compared below."
    )
    # The key names the rows and the list, so that a tick never carries over to another row.
    tick = f"found-{hash((*shown['code'], wanted))}"
    picked = st.dataframe(
        shown[COLUMNS],
        hide_index=True,
        key=tick,
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "quota": "positions",
            "level": "track",
            "history": st.column_config.BarChartColumn(
                f"% filled, {first} to {last}",
                y_min=0,
                y_max=100,
                help="Of the positions of each Match; no bar: not in it",
            ),
            "matches_unfilled": st.column_config.NumberColumn("Matches with unfilled"),
        },
    ).selection.rows
    st.button(
        f"Add {len(picked)} to the target list",
        type="primary",
        icon=":material/add:",
        disabled=not picked,
        on_click=target_list.add,
        args=(listed(shown.iloc[picked]),),
    )
    _source(offered)
    if picked:
        _compare(shown.iloc[picked[:COMPARED]], len(picked))


def _ask(offered: pd.DataFrame, specialty: str) -> tuple[Wanted, pd.DataFrame]:
    """The widgets, what they ask for, and the rows that answer."""
    every = sorted(offered["specialty"].unique())
    left, right = st.columns(2)
    with left:
        places = ask_places(offered)
        beside = ui.choose(
            "And the same institution offers",
            ["anything", *every],
            "beside",
            help="For couples and for who applies to two specialties.",
        )
        low, high = st.slider(
            "Positions",
            1,
            largest := max(2, int(offered["quota"].max())),
            (1, largest),
            key="size",
            bind=ui.IN_LINK,
        )
        text = st.text_input("Name or city", key="find", bind=ui.IN_LINK, max_chars=80)
    with right:
        specialties = ui.choose_several("Of specialties", every, "program_specialties", default=[specialty])
        levels = ui.choose_several("Tracks", sorted(offered["level"].unique()), "tracks")
        most = int(offered["matches"].max())
        unfilled_in = st.slider(
            f"Positions unfilled in at least so many of {most} Matches",
            0,
            max(1, most),
            0,
            key="unfilled_in",
            bind=ui.IN_LINK,
        )
        fill = ui.choose("Fill", list(FILLS), "fill")
    wanted = Wanted(
        text,
        tuple(places),
        tuple(specialties),
        "" if beside == "anything" else beside,
        tuple(levels),
        (low, high),
        fill,
        unfilled_in,
    )
    return wanted, find(offered, wanted)


def ask_places(offered: pd.DataFrame) -> list[str]:
    """Where to look: states and regions of a list that has a column state."""
    return ui.choose_several(
        "In states or regions",
        places_among(offered["state"]),
        "program_states",
        help="Northeast, Midwest, South and West as the U.S. Census Bureau draws them.",
    )


def _compare(rows: pd.DataFrame, ticked: int) -> None:
    """Up to four programs side by side, each with its history."""
    st.subheader("Side by side" if len(rows) > 1 else "Its Matches", anchor="compare")
    if ticked > COMPARED:
        ui.small(f"The first {COMPARED} of the {ticked} you ticked.")
    most = max(max(row.quotas) for row in rows.itertuples())
    for column, row in zip(st.columns(len(rows)), rows.itertuples(), strict=True):
        matches = pd.DataFrame({"match_year": row.match_years, "quota": row.quotas, "filled": row.fills})
        filled = f"{matches['filled'].sum():,} of {matches['quota'].sum():,} positions filled"
        with column:
            st.markdown(f"#### {ui.plain(row.institution)}")
            st.markdown(f"{ui.plain(row.program)}, {ui.plain(row.city or '')}, {row.state}")
            ui.small(f"{row.level}, code {row.code}. {filled} in {len(matches)} Matches.")
            st.plotly_chart(
                program_charts.history(matches, (int(row.earliest), int(row.last_match)), int(most)),
                key=f"history-{row.code}",
                config={"displayModeBar": False},
                alt=f"{row.institution}, {row.program}, positions filled by Match: "
                + ", ".join(f"{m.match_year} {m.filled} of {m.quota}" for m in matches.itertuples()),
            )


def _source(offered: pd.DataFrame) -> None:
    """Whose figures these are: this site's sources, or the visitor's own copy."""
    if own := bring.held(bring.PROGRAMS):
        bring.own_copy(own)
    else:
        ui.source_line(offered)
