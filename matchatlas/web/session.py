"""The plan's widgets that pages share: the profile, its line above a page, file and link controls."""

import segno
import streamlit as st

from matchatlas.applicant import QUERY_NAMES, Applicant
from matchatlas.plan import FILE_NAME, Plan, PlanError, open_file, save
from matchatlas.plan_link import LONGEST_QR, packed
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


# The fields that published figures can let count: label, least, most.
COUNTING = {
    "step2_ck": ("Step 2 CK", 1, 300),
    "contiguous_ranks": ("Contiguous ranks", 1, 300),
    "specialties_ranked": ("Distinct specialties ranked", 1, 20),
    "research_experiences": ("Research experiences", 0, 100),
    "publications": ("Publications", 0, 300),
    "abstracts_presentations_publications": ("Abstracts, presentations and publications together", 0, 500),
    "work_experiences": ("Work experiences", 0, 100),
    "volunteer_experiences": ("Volunteer experiences", 0, 100),
}
OF_RANKS = (
    "Programs of the specialty ranked one after the other, on the list as it stands. "
    "Interviews you hope for are no ranks: leave it empty and read the curve."
)


def _number(label: str, name: str, low: int, high: int, help: str | None = None) -> None:
    ui.number(label, QUERY_NAMES[name], low, high, help, bind=ui.OWN)


def _choose(label: str, options, name: str) -> None:
    ui.choose(label, list(options), QUERY_NAMES[name], bind=ui.OWN)


def first_inputs() -> None:
    """Who is asked about: applicant type and specialty."""
    ui.choose_applicant_type()
    _choose("Specialty", ui.catalog().specialties()["specialty"], "specialty")


def counting_input(name: str, label: str = "") -> None:
    """One field that moves the number."""
    usual, low, high = COUNTING[name]
    _number(label or usual, name, low, high, OF_RANKS if name == "contiguous_ranks" else None)


def second_inputs(ranks: str = "Contiguous ranks in it") -> None:
    """A second specialty, and how many programs of it; ranks: what these are called."""
    key = QUERY_NAMES["second_specialty"]
    st.selectbox(
        "Second specialty",
        list(ui.catalog().specialties()["specialty"]),
        None,
        key=held.key_of(key),
        on_change=held.take,
        args=(key,),
        placeholder="none",
    )
    if applicant().second_specialty:
        _number(ranks, "second_ranks", 1, 300)


def profile_inputs() -> Applicant:
    """The profile's widgets: what moves the number for this type and specialty; all else apart."""
    first_inputs()
    person = applicant()
    moving = ui.model().measures(person.applicant_type, person.specialty)
    if not moving:
        ui.small(f"No published figure of {person.applicant_type}s lets more than this count.")
    for column, name in ui.grid(2, moving):
        with column:
            counting_input(name)
    with st.expander("A second specialty"):
        second_inputs()
    # Made only when it is opened: a dozen fields cost more than the rest of many a page.
    apart = st.expander("For your checklist; it does not move the number", key="apart", on_change="rerun")
    if apart.open:
        with apart:
            _checklist_inputs([name for name in COUNTING if name not in moving])
    return applicant()


def _checklist_inputs(counting: list[str]) -> None:
    _number("Match year aimed at", "target_match_year", 2020, 2100)
    _choose("Step 1 passed at the first attempt", fields.YES_NO, "step1_first_attempt_pass")
    _choose("Visa need", ["unknown", "none", "J-1", "H-1B"], "visa_need")
    _number("Years since graduation", "years_since_graduation", 0, 60)
    _choose("ECFMG certified", fields.YES_NO, "ecfmg_certified")
    ui.day("Certification expected", QUERY_NAMES["ecfmg_expected"], bind=ui.OWN)
    _number("Months of hands-on U.S. electives", "usce_elective_months", 0, 60)
    _number("Months of U.S. externship", "usce_externship_months", 0, 60)
    _number("Months of U.S. observership", "usce_observership_months", 0, 60)
    _number("Letters from U.S. physicians", "us_letters", 0, 20)
    for name in counting:
        counting_input(name)


def profile_line(person: Applicant) -> str:
    """The profile in one line, what is known of it."""
    parts = [person.applicant_type, person.specialty]
    if person.step2_ck:
        parts.append(f"Step 2 CK {person.step2_ck}")
    if person.contiguous_ranks:
        parts.append(f"{person.contiguous_ranks} contiguous ranks")
    if person.second_specialty:
        parts.append(f"also {person.second_specialty}")
    if person.target_match_year:
        parts.append(f"Match of {person.target_match_year}")
    return ", ".join(parts)


def profile_bar(with_link: bool = True) -> Applicant:
    """The profile in one line, its widgets behind a button, and what is done with the plan.

    For pages that need the profile but are about something else; call it under the title.
    with_link: whether the link is among it, whose switch stands on a page once.
    """
    with st.container(key="profile-line", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**Your profile:** {profile_line(applicant())}", width="content")
        with st.popover("Change your profile", icon=":material/edit:"):
            person = profile_inputs()
    with st.container(horizontal=True):
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
        if st.button("Take it to another device", icon=":material/qr_code_2:", key="hand_over"):
            _hand_over()
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


def _hand_over() -> None:
    """The plan as a link, and as a QR code where one holds it."""
    if (text := packed(plan())) is None:
        st.warning("Your plan is too long for a link. Save it as a file, and open the file there.")
        return
    link = f"{st.context.url or ''}#plan={text}"
    if len(link) <= LONGEST_QR:
        code = segno.make(link, error="l", micro=False).png_data_uri(scale=4, border=4)
        st.html(
            f'<img src="{code}" alt="QR code of your plan" style="width: 100%; image-rendering: pixelated">'
        )
    else:
        ui.small("Your plan is too long for a QR code. The link holds it.")
    st.code(link, language=None)
    ui.small(
        "Who has it can open your whole plan, with notes and names. It stands behind the #, which no address "
        "that is sent to a server has."
    )


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
