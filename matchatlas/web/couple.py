"""Ranking as a couple: the partner's list, the pairs made of both lists, their odds."""

import pandas as pd
import streamlit as st

from matchatlas.matching.pair_list import (
    ORDERS,
    PLACES,
    Pair,
    are_near,
    arranged,
    both_at,
    in_force,
    moved,
    remarks,
)
from matchatlas.plan import PlanError, RankLists, open_file
from matchatlas.road.targets import MOST_RANKS, NO_MATCH, TargetProgram
from matchatlas.web import couple_odds, held, program_finder, rank_order, session, ui
from matchatlas.web.rank_order import PARTNER

WAYS = ("alone", "as a couple")
FILE, PROBLEM, DONE = "rank_partner_file", "rank_partner_problem", "rank_partner_done"
ORDER, PLACE, ALONE = "rank_pairs_order", "rank_pairs_place", "rank_pairs_alone"
WHICH, TO = "rank_pair", "rank_pair_to"
# Of a partner's program, what the Match of the two needs; notes and marks stay the partner's own.
SHARED = ("program", "specialty", "state", "city", "code", "quota", "hardness", "position_type")
FEES = r"Couple|Each program ranked|Length of list"
SHOWN = 30  # places in a table


def is_chosen() -> bool:
    """The question whether somebody ranks alone or as a couple; who has a partner does the latter."""
    name = "rank_as"
    key = held.key_of(name)
    st.session_state.setdefault(key, WAYS[session.plan().partner is not None])
    return st.radio("You rank", WAYS, key=key, horizontal=True) == WAYS[1]


def show() -> None:
    """The two lists of a couple, their pairs, and the odds."""
    rank_list(rank_order.OWN)
    partner_list()
    own, theirs = session.plan(), rank_order.partner()
    if not own.rank_order or not theirs.rank_order:
        st.markdown("With a list of each of you, pairs can be made.")
        return
    if ranked := pairs(own, theirs):
        places(own, theirs)
        couple_odds.show(ranked, own, theirs)


def rank_list(whose: rank_order.Whose) -> None:
    """The list of one of the two; shut where there are pairs, which are in front then."""
    count = len(whose.lists().rank_order)
    with st.expander("See or change the list", expanded=not (count and session.plan().pairs)):
        rank_order.editor(whose, session.applicant().specialty, with_place=True)
    rank_order.look_over(whose)


def partner_list() -> None:
    """The partner's type and rank order list, from a plan's file or typed in."""
    st.header("Your partner's list")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        types = ui.catalog().applicant_types()["applicant_type"].tolist()
        st.selectbox(
            "Your partner's applicant type",
            types,
            key=rank_order.bound(PARTNER, "type", rank_order.partner().applicant_type),
            on_change=_set_type,
            width=320,
        )
        with st.popover("Open your partner's plan", icon=":material/group_add:"):
            st.markdown(
                "Of the file your partner saved here: the applicant type, the rank order list and its "
                "supplemental lists. Nothing else of it is taken over. They become part of your plan, on "
                "your device and in your file."
            )
            st.file_uploader("The plan's file", type="json", key=FILE, max_upload_size=1, on_change=_open)
            if problem := st.session_state.pop(PROBLEM, None):
                ui.refused(problem)
            if done := st.session_state.pop(DONE, None):
                st.success(ui.plain(done))
    rank_list(PARTNER)


def _set_type() -> None:
    PARTNER.update(applicant_type=rank_order.entered(PARTNER, "type"))


def _open() -> None:
    if (file := st.session_state[FILE]) is None:
        return
    try:
        opened, _ = open_file(file.getvalue(), ui.catalog().names()["specialty"])
    except PlanError as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    if opened.id and opened.id == session.plan().id:
        st.session_state[PROBLEM] = "This is your own plan: open the one that your partner saved."
        return
    if not opened.rank_order:
        st.session_state[PROBLEM] = "The plan has no rank order list yet: nothing was taken over."
        return
    beside = {label for years in opened.supplemental.values() for label in years}
    wanted = {*opened.rank_order, *opened.supplemental, *beside}
    PARTNER.update(
        applicant_type=opened.applicant.applicant_type,
        programs=[
            TargetProgram(**{name: getattr(program, name) for name in SHARED})
            for program in opened.programs
            if program.label in wanted
        ],
        rank_order=opened.rank_order,
        supplemental=opened.supplemental,
    )
    st.session_state[DONE] = f"Your partner's list is here: {len(opened.rank_order)} programs."


def pairs(own: RankLists, theirs: RankLists) -> list[Pair]:
    """Make the pairs, put them in order, look them over; returns those that both still rank."""
    st.header("Your pairs")
    st.markdown(
        "A couple ranks pairs: a program of yours with one of your partner's, or no match for one of you. "
        "The Match goes down the pairs and gives you the first that both programs can keep. Each pair is a "
        "line of both lists, so both of you register as a couple and certify the same pairs in the same order."
    )
    listed = in_force(session.plan().pairs, own.rank_order, theirs.rank_order)
    order, place = st.columns(2)
    order.selectbox("Begin with the pairs that put", list(ORDERS), key=ORDER)
    place.selectbox("Where the two programs of a pair are", PLACES, key=PLACE)
    st.checkbox("At the end, pairs with no match for one of us", True, key=ALONE)
    missing = [pair for pair in _made(own, theirs) if pair not in listed]
    with st.container(horizontal=True):
        st.button(
            "Make the pairs anew" if listed else "Make the pairs",
            type="secondary" if listed else "primary",
            on_click=_make,
            help="Puts all pairs of your two lists in this order. Undo brings the former ones back.",
        )
        if listed and missing:
            st.button(
                f"Add the {len(missing)} missing at the end",
                on_click=_add_missing,
                disabled=len(listed) >= MOST_RANKS,
            )
    if not listed:
        st.markdown("Make the pairs first, then put them in your own order.")
        return []
    if resting := len(session.plan().pairs) - len(listed):
        ui.small(f"{resting} pairs rest: a program of theirs is ranked no more.")
    _table(listed, own, theirs)
    _sort(listed)
    for remark in remarks(listed, own.rank_order, theirs.rank_order):
        st.warning(ui.plain(remark), icon=":material/rule:")
    _cost(listed)
    return listed


def _made(own: RankLists, theirs: RankLists) -> list[Pair]:
    state = st.session_state
    return arranged(own.ranked, theirs.ranked, state[ORDER], state[PLACE], state[ALONE])


def _make() -> None:
    session.update(pairs=_made(session.plan(), rank_order.partner()))


def _add_missing() -> None:
    plan, theirs = session.plan(), rank_order.partner()
    listed = in_force(plan.pairs, plan.rank_order, theirs.rank_order)
    missing = [pair for pair in _made(plan, theirs) if pair not in listed]
    session.update(pairs=[*listed, *missing][:MOST_RANKS])


def _table(listed: list[Pair], own: RankLists, theirs: RankLists) -> None:
    mine = {program.label: program for program in own.ranked}
    other = {program.label: program for program in theirs.ranked}
    st.dataframe(
        pd.DataFrame(
            {
                "Pair": range(1, len(listed) + 1),
                "One state": [bool(one and two and are_near(mine[one], other[two])) for one, two in listed],
                "You": [one or "no match" for one, _ in listed],
                "Your partner": [two or "no match" for _, two in listed],
            }
        ),
        hide_index=True,
        height=min(420, 38 + 36 * len(listed)),
        column_config={
            "Pair": st.column_config.NumberColumn(width=50),
            "One state": st.column_config.CheckboxColumn(width=80),
        },
    )


def _sort(listed: list[Pair]) -> None:
    """Move a pair, or take it out."""
    # Set in every run: the browser knows a pair by its number, which moving it changes.
    picked = st.session_state.get(WHICH)
    st.session_state[WHICH] = picked if picked in listed else listed[0]
    at = {pair: number for number, pair in enumerate(listed, 1)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Move pair", listed, key=WHICH, format_func=lambda pair: f"{at.get(pair, '')}. {_told(pair)}"
        )
        if st.session_state.get(TO, 1) > len(listed):
            del st.session_state[TO]
        st.number_input("to place", 1, len(listed), key=TO, step=1, width=140)
        st.button("Move it", on_click=_move, args=(listed,), icon=":material/swap_vert:")
        st.button("Take it out", on_click=_take_out, args=(listed,), icon=":material/close:")


def _told(pair: Pair) -> str:
    return " & ".join(label or "no match" for label in pair)


def _move(listed: list[Pair]) -> None:
    session.update(pairs=moved(listed, st.session_state[WHICH], st.session_state[TO]))


def _take_out(listed: list[Pair]) -> None:
    session.update(pairs=[pair for pair in listed if pair != st.session_state[WHICH]])


def _cost(listed: list[Pair]) -> None:
    """What the published fees say of these pairs."""
    fees = ui.catalog().table("fee_items")
    rows = fees[(fees["body"] == "NRMP") & fees["item"].str.contains(FEES)]
    rows = rows[rows["season_or_year"] == rows["season_or_year"].max()]
    named = [len({pair[side] for pair in listed} - {NO_MATCH}) for side in (0, 1)]
    ui.small(
        f"{len(listed)} pairs, of at most {MOST_RANKS}; you name {named[0]} programs, your partner {named[1]}. "
        f"What the NRMP took beside the registration ({ui.plain(rows['season_or_year'].iloc[0])}): "
        + "; ".join(f"{ui.plain(row.item)}: {row.amount_usd:.0f} USD" for row in rows.itertuples())
        + "."
        if len(rows)
        else f"{len(listed)} pairs. The NRMP's fees for couples are not in the tables."
    )
    if len(rows):
        ui.source_line(rows)


def places(own: RankLists, theirs: RankLists) -> None:
    """Where the specialties of both are offered."""
    with st.expander("Where both of your specialties are offered"):
        every = [list(dict.fromkeys(p.specialty for p in lists.ranked)) for lists in (own, theirs)]
        one, other = st.columns(2)
        mine = one.selectbox("Yours", every[0], key="rank_own_specialty")
        partners = other.selectbox("Your partner's", every[1], key="rank_their_specialty")
        imported = program_finder.programs()
        if imported.empty:
            rows = ui.catalog().state_specialties()
            rows = rows[rows["match_year"] == rows["match_year"].max()].rename(
                columns={"offered": "positions"}
            )
            found = {"states": both_at(rows, mine, partners, ["state"])}
            ui.missing(
                f"By state, positions of the Match of {rows['match_year'].max()}.",
                "Institutions and cities come with the publisher's report, on Programs.",
            )
        else:
            rows = imported.rename(columns={"quota": "positions"})
            found = {
                "institutions": both_at(rows, mine, partners, ["institution", "city", "state"]),
                "cities": both_at(rows, mine, partners, ["city", "state"]),
            }
        for what, table in found.items():
            more = f" The first {SHOWN}:" if len(table) > SHOWN else ""
            st.markdown(f"**{len(table)} {what} have positions in both.**{more}")
            st.dataframe(table.head(SHOWN), hide_index=True)
        ui.source_line(rows)
