"""The editor of rank order lists: order them, guess how hard programs are to get, say what an advanced
position is combined with, add by name. Of the person's own lists, or of the partner's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError

from matchatlas.matching.entrants import HARDNESS, NOT_GUESSED, is_year
from matchatlas.matching.pair_list import supplemental_remarks
from matchatlas.plan import Partner, RankLists
from matchatlas.road.targets import TargetProgram
from matchatlas.text import line
from matchatlas.web import held, session, ui

PROBLEM, DONE, NAME = "rank_problem", "rank_done", "rank_name"
WAITING = "rank_waiting"
ADVANCED = "PGY-2 advanced"  # a level of the tables
KINDS = {
    "categorical": "categorical: all years",
    "advanced": "advanced: from PGY-2 on",
    "preliminary": "preliminary: PGY-1 alone",
}


@dataclass(frozen=True)
class Whose:
    """Whose lists are edited: how the keys of their widgets begin, how they are had and changed."""

    key: str
    lists: Callable[[], RankLists]
    update: Callable[..., None]


def partner() -> Partner:
    """The partner as the plan has him or her, and before that without a list."""
    plan = session.plan()
    return plan.partner or Partner(applicant_type=plan.applicant.applicant_type)


def _update_partner(**changes) -> None:
    """Pairs of programs that the partner has no more go with them."""
    plan, changed = session.plan(), Partner(**dict(partner()) | changes)
    known = {program.label for program in changed.programs}
    session.update(partner=changed, pairs=[pair for pair in plan.pairs if not pair[1] or pair[1] in known])


OWN = Whose("", session.plan, session.update)
PARTNER = Whose("rank_partner ", partner, _update_partner)


def preliminary() -> set[str]:
    """Specialties whose positions are one preliminary year."""
    known = ui.catalog().specialties()
    return set(known["specialty"][known["family"] == "Preliminary"])


def advanced() -> set[str]:
    """Specialties that have advanced positions, by the newest table."""
    levels = ui.catalog().table("positions_by_specialty_level")
    newest = levels[(levels["match_year"] == levels["match_year"].max()) & (levels["level"] == ADVANCED)]
    return set(newest["specialty"])


def supplemental(lists: RankLists) -> dict[str, tuple[TargetProgram, ...]]:
    """The supplemental lists of the advanced programs, by label, as they are run."""
    known, of_years = {program.label: program for program in lists.programs}, preliminary()
    return {
        program.label: tuple(
            known[label]
            for label in lists.supplemental.get(program.label, ())
            if is_year(known[label], of_years)
        )
        for program in lists.ranked
        if program.position_type == "advanced"
    }


def editor(whose: Whose, likely: str, with_place: bool = False) -> tuple[TargetProgram, ...]:
    """The widgets of a rank order list; returns the list, most wanted first.

    likely: the specialty that a program added by name is in; with_place: whether its state and city
    are asked for.
    """
    lists, years, later = whose.lists(), preliminary(), advanced()
    if not lists.ranked:
        st.markdown("Nothing is ranked yet. Type in three to ten programs, the most wanted first.")
    wanted = [program.label for program in lists.programs if is_year(program, years)]
    for place, program in enumerate(lists.ranked):
        asked = program.specialty in later or program.position_type in ("advanced", "preliminary")
        _row(whose, place, program, asked and program.specialty not in years)
        if program.position_type == "advanced":
            _supplemental(whose, program, [label for label in wanted if label != program.label])
    beside = {label for those in lists.supplemental.values() for label in those}
    waiting = [p.label for p in lists.programs if p.label not in {*lists.rank_order, *beside}]
    if waiting:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = "On your target list, not ranked yet" if whose is OWN else "Not ranked"
            picked = st.multiselect(name, waiting, key=whose.key + WAITING)
            st.button(
                "Rank them", on_click=_put_on, args=(whose,), disabled=not picked, key=f"{whose.key}rank_them"
            )
    _add_by_name(whose, likely, with_place)
    if problem := st.session_state.pop(whose.key + PROBLEM, None):
        ui.refused(problem)
    if done := st.session_state.pop(whose.key + DONE, None):
        st.info(ui.plain(done))
    return lists.ranked


def look_over(whose: Whose) -> None:
    """What is to be known of the list's advanced positions and preliminary years."""
    lists, later = whose.lists(), advanced()
    for remark in supplemental_remarks(lists.ranked, supplemental(lists), preliminary()):
        st.warning(ui.plain(remark), icon=":material/event_busy:")
    if unsaid := [p for p in lists.ranked if p.position_type is None and p.specialty in later]:
        more = f" and {len(unsaid) - 1} more" if len(unsaid) > 1 else ""
        ui.small(
            f"{ui.plain(unsaid[0].program)}{more}: {ui.plain(unsaid[0].specialty)} has advanced positions too. "
            "It is taken as categorical, with the first year in it, until you say what it is."
        )


def bound(whose: Whose, name: str, value: Any) -> str:
    """The key of a widget that shows a value of the plan whatever it held before."""
    held.fit(whose.key + name, value)
    return held.key_of(whose.key + name)


def entered(whose: Whose, name: str) -> Any:
    return st.session_state[held.key_of(whose.key + name)]


def _add_by_name(whose: Whose, likely: str, with_place: bool) -> None:
    specialties = ui.catalog().specialties()["specialty"].tolist()
    key = whose.key
    with st.form(f"{key}rank_add", border=True):
        st.markdown(
            "**Add a program by name.** How hard it is to get is your own guess, and the result hangs on it."
        )
        name, specialty = st.columns(2)
        name.text_input("Program", key=key + NAME, max_chars=200)
        specialty.selectbox(
            "Its specialty",
            specialties,
            key=held.key_of(f"{key}rank_specialty"),
            index=specialties.index(likely) if likely in specialties else 0,
        )
        kind, hardness = st.columns(2)
        kind.selectbox(
            "Kind of position",
            list(KINDS),
            None,
            KINDS.__getitem__,
            key=f"{key}rank_kind",
            placeholder="not said",
        )
        hardness.selectbox(
            "How hard to get for you",
            list(HARDNESS),
            key=f"{key}rank_hardness",
            index=list(HARDNESS).index(NOT_GUESSED),
        )
        if with_place:
            state, city = st.columns(2)
            state.selectbox(
                "State",
                ui.catalog().states()["state"].unique(),
                None,
                key=f"{key}rank_state",
                placeholder="not said",
            )
            city.text_input("City", key=f"{key}rank_city", max_chars=120)
        st.form_submit_button("Add", icon=":material/add:", on_click=_add, args=(whose,))


def _add(whose: Whose) -> None:
    """Put a typed-in program on the list, or, a year beside advanced positions, where it is chosen."""
    lists, state, key = whose.lists(), st.session_state, whose.key
    name = line(state[key + NAME])
    try:
        program = TargetProgram(
            program=name,
            specialty=state[held.key_of(f"{key}rank_specialty")],
            position_type=state[f"{key}rank_kind"],
            hardness=state[f"{key}rank_hardness"],
            state=state.get(f"{key}rank_state") or "",
            city=line(state.get(f"{key}rank_city") or ""),
        )
        beside = is_year(program, preliminary()) and any(p.position_type == "advanced" for p in lists.ranked)
        order = lists.rank_order if beside else (*lists.rank_order, program.label)
        whose.update(programs=[*lists.programs, program], rank_order=order)
        state[key + NAME] = ""
        if beside:
            state[key + DONE] = (
                f"{name} can be had beside an advanced position now: choose it on the supplemental lists above. "
                "To rank it by itself, take it from those not ranked."
            )
    except ValidationError:
        state[key + PROBLEM] = (
            f"“{name}” is on the list already: name the site or track as well."
            if name
            else "Type the program's name first."
        )


def _move(whose: Whose, label: str, step: int) -> None:
    """Let a program change places with its neighbour on the list."""
    order = list(whose.lists().rank_order)
    place = order.index(label)
    order[place], order[place + step] = order[place + step], order[place]
    whose.update(rank_order=order)


def _take_off(whose: Whose, label: str) -> None:
    """Take a program off the rank order list; the own one stays on the target list."""
    lists = whose.lists()
    order = [name for name in lists.rank_order if name != label]
    if whose is OWN:
        whose.update(rank_order=order)
        return
    whose.update(
        rank_order=order,
        programs=[program for program in lists.programs if program.label != label],
        supplemental={
            name: tuple(year for year in years if year != label)
            for name, years in lists.supplemental.items()
            if name != label
        },
    )


def _put_on(whose: Whose) -> None:
    """Put the programs that are picked at the end of the rank order list."""
    # As they are picked now: the last one may not have been drawn yet when the button is pressed.
    whose.update(rank_order=[*whose.lists().rank_order, *st.session_state[whose.key + WAITING]])


def _set(whose: Whose, label: str, name: str) -> None:
    """Keep what was entered about a program: the guess, or the kind of position."""
    value = entered(whose, f"{name} {label}")
    whose.update(
        programs=[
            program.model_copy(update={name: value}) if program.label == label else program
            for program in whose.lists().programs
        ]
    )


def _row(whose: Whose, place: int, program: TargetProgram, with_kind: bool) -> None:
    """One program of the list with its guess and its buttons."""
    label, key = program.label, whose.key
    with st.container(horizontal=True, vertical_alignment="center", border=True, key=f"{key}row {label}"):
        st.markdown(f"**{place + 1}.** {ui.plain(label)}", width=240 if with_kind else 330)
        name = ui.plain(program.program)
        st.selectbox(
            f"How hard to get is {ui.plain(label)}?",
            list(HARDNESS),
            width=200,
            key=bound(whose, f"hardness {label}", program.hardness or NOT_GUESSED),
            label_visibility="collapsed",
            on_change=_set,
            args=(whose, label, "hardness"),
        )
        if with_kind:
            st.selectbox(
                f"Kind of position at {ui.plain(label)}",
                [None, *KINDS],
                width=200,
                format_func=lambda kind: KINDS.get(kind, "categorical or advanced?"),
                key=bound(whose, f"position_type {label}", program.position_type),
                label_visibility="collapsed",
                on_change=_set,
                args=(whose, label, "position_type"),
            )
        for word, icon, step, stuck in (
            ("Up", "arrow_upward", -1, place == 0),
            ("Down", "arrow_downward", 1, place == len(whose.lists().rank_order) - 1),
        ):
            st.button(
                word,
                icon=f":material/{icon}:",
                key=f"{key}{word.lower()} {label}",
                help=f"Moves {name} {word.lower()}",
                disabled=stuck,
                on_click=_move,
                args=(whose, label, step),
            )
        st.button(
            "Take off",
            icon=":material/close:",
            key=f"{key}off {label}",
            help=f"Takes {name} off",
            on_click=_take_off,
            args=(whose, label),
        )


def _supplemental(whose: Whose, program: TargetProgram, options: list[str]) -> None:
    """The supplemental list of an advanced program, under it."""
    label, lists = program.label, whose.lists()
    years = [year for year in lists.supplemental.get(label, ()) if year in options]
    others = [p.label for p in lists.ranked if p.position_type == "advanced" and p.label != label]
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{whose.key}beside {label}"):
        if not options:
            ui.small(
                "Its first year is had elsewhere: add preliminary programs by name below, and choose them here."
            )
            return
        st.multiselect(
            f"Supplemental list of {ui.plain(program.program)}: first years, the most wanted first",
            options,
            key=bound(whose, f"years {label}", years),
            placeholder="none yet",
            on_change=_choose_years,
            args=(whose, label),
        )
        if years and any(lists.supplemental.get(other) != tuple(years) for other in others):
            st.button(
                "The same for all",
                key=f"{whose.key}same {label}",
                help="Gives every advanced program of the list this supplemental list",
                on_click=_same_for_all,
                args=(whose, [label, *others], years),
            )


def _choose_years(whose: Whose, label: str) -> None:
    chosen = tuple(entered(whose, f"years {label}"))
    whose.update(supplemental=whose.lists().supplemental | {label: chosen})


def _same_for_all(whose: Whose, labels: list[str], years: list[str]) -> None:
    whose.update(supplemental=whose.lists().supplemental | dict.fromkeys(labels, tuple(years)))
