"""The plan's widgets that pages share: the profile, its line above a page, file and link controls."""

import streamlit as st

from matchatlas.applicant import QUERY_NAMES, Applicant
from matchatlas.plan import FILE_NAME, Plan, PlanError, open_file, save
from matchatlas.web import address, device, fields, held, ui
from matchatlas.web.fields import OWN_COSTS, WEEKS
from matchatlas.web.handover import file_button
from matchatlas.web.held import PLAN, applicant, new_client, open_plan, plan, update

__all__ = [
    "OWN_COSTS",
    "PLAN",
    "WEEKS",
    "applicant",
    "file_controls",
    "link_switch",
    "new_client",
    "open_plan",
    "plan",
    "profile_bar",
    "profile_inputs",
    "profile_line",
    "state_of",
    "update",
]


def state_of(opened: Plan) -> dict:
    """What the session holds when a plan is open, by key; None: empty."""
    return {PLAN: opened} | fields.values(opened)


def profile_inputs(expanded: bool = True) -> Applicant:
    """The profile's widgets, grouped as a person thinks."""

    def number(label: str, name: str, low: int, high: int, help: str | None = None) -> None:
        ui.number(label, QUERY_NAMES[name], low, high, help, bind=ui.OWN)

    def choose(label: str, options, name: str) -> None:
        ui.choose(label, list(options), QUERY_NAMES[name], bind=ui.OWN)

    with st.expander("You", expanded=expanded):
        ui.choose_applicant_type()
        choose("Specialty", ui.catalog().specialties()["specialty"], "specialty")
    with st.expander("Scores", expanded=expanded):
        number("Step 2 CK", "step2_ck", 1, 300)
        choose("Step 1 passed at the first attempt", fields.YES_NO, "step1_first_attempt_pass")
    with st.expander("List", expanded=expanded):
        number(
            "Contiguous ranks",
            "contiguous_ranks",
            1,
            300,
            "Programs of the preferred specialty ranked one after the other, on the list as it "
            "stands. Interviews you hope for are no ranks: leave it empty and read the curve.",
        )
        number("Distinct specialties ranked", "specialties_ranked", 1, 20)
    with st.expander("Certification, visa, time"):
        number("Match year aimed at", "target_match_year", 2020, 2100)
        choose("Visa need", ["unknown", "none", "J-1", "H-1B"], "visa_need")
        number("Years since graduation", "years_since_graduation", 0, 60)
        choose("ECFMG certified", fields.YES_NO, "ecfmg_certified")
        ui.day("Certification expected", QUERY_NAMES["ecfmg_expected"], bind=ui.OWN)
    with st.expander("Experience"):
        number("Research experiences", "research_experiences", 0, 100)
        number("Publications", "publications", 0, 300)
        number(
            "Abstracts, presentations and publications together",
            "abstracts_presentations_publications",
            0,
            500,
        )
        number("Work experiences", "work_experiences", 0, 100)
        number("Volunteer experiences", "volunteer_experiences", 0, 100)
        number("Months of hands-on U.S. electives", "usce_elective_months", 0, 60)
        number("Months of U.S. externship", "usce_externship_months", 0, 60)
        number("Months of U.S. observership", "usce_observership_months", 0, 60)
        number("Letters from U.S. physicians", "us_letters", 0, 20)
    return applicant()


def profile_line(person: Applicant) -> str:
    """The profile in one line, what is known of it."""
    parts = [person.applicant_type, person.specialty]
    if person.step2_ck:
        parts.append(f"Step 2 CK {person.step2_ck}")
    if person.contiguous_ranks:
        parts.append(f"{person.contiguous_ranks} contiguous ranks")
    if person.target_match_year:
        parts.append(f"Match of {person.target_match_year}")
    return ", ".join(parts)


def profile_bar(with_link: bool = True) -> Applicant:
    """The profile in one line, its widgets behind a button, and what is done with the plan.

    For pages that need the profile but are about something else; call it under the title.
    with_link: whether the link is among it, whose switch stands on a page once.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Your profile:** {profile_line(applicant())}", width="content")
        with st.popover("Change your profile", icon=":material/edit:"):
            person = profile_inputs(expanded=False)
        _file_controls()
        if with_link:
            _link_controls()
    return person


def file_controls() -> None:
    """Save the plan as a file, or open one; its link."""
    with st.container(horizontal=True):
        _file_controls()
        _link_controls()


def link_switch() -> bool:
    """The switch that rules, on all pages, whether links carry the profile; returns its state."""
    st.session_state.setdefault(address.SHARE, address.shared())
    return st.toggle("Put the profile into the link", key=address.SHARE, on_change=address.decide)


def _link_controls() -> None:
    with st.popover("Link", icon=":material/link:"):
        if link_switch():
            ui.small(
                "Whoever has this page's address sees your profile and planning figures. Names, "
                "notes and programs are not in it."
            )
        else:
            ui.small("No page's address has anything of your profile.")


def _file_controls() -> None:
    st.button(
        "Undo",
        icon=":material/undo:",
        on_click=held.undo,
        disabled=not held.can_undo(),
        key="undo",
        help=f"Takes back the last change of your plan, up to {held.CHANGES} of them.",
    )
    with st.popover("Save or open your plan", icon=":material/save:"):
        kept = "Nothing is kept of a client" if device.of_client() else "Your plan is kept in this browser"
        st.markdown(
            f"{kept}; the server keeps nothing. The file holds the whole plan, to take elsewhere: "
            "profile, target list, rank order list, notes, checklist and planning figures."
        )
        file_button("Save the plan", lambda: save(plan()), FILE_NAME, "application/json", "save_plan")
        st.file_uploader(
            "Open a plan", type="json", key="plan_file", max_upload_size=1, on_change=_open_uploaded
        )
        # Inside, since on a phone the open popover covers what stands below it.
        if problem := st.session_state.pop("plan_problem", None):
            ui.refused(problem)
        if opened := st.session_state.pop("plan_opened", None):
            st.success(ui.plain(opened))
        if st.button("Forget everything on this device", icon=":material/delete:", key="forget"):
            device.confirm_forgetting()


def _open_uploaded() -> None:
    uploaded = st.session_state["plan_file"]
    if uploaded is None:
        return
    try:
        opened, notes = open_file(uploaded.getvalue(), ui.catalog().names()["specialty"])
        open_plan(opened)
        st.session_state["plan_opened"] = " ".join(["The plan is open.", *notes])
    except PlanError as error:
        st.session_state["plan_problem"] = str(error)
