"""The visitor's plan while they visit: profile widgets shared by all pages, and the saved file.

The profile lives in the widgets' own state, under the names it has in links, so that a page that
shows the widgets, one that does not, a link and a saved file all speak of the same profile. The
rest of the plan is one immutable `Plan` in the session. Nothing of it is kept on the server.
"""

from uuid import uuid4

import streamlit as st

from matchatlas import ui
from matchatlas.applicant import QUERY_NAMES, Applicant
from matchatlas.consultation import carry_over
from matchatlas.costs import ITEMS
from matchatlas.milestones import PLANNED
from matchatlas.plan import FILE_NAME, Plan, PlanError, read, save

PLAN = "plan"
PLAN_ID = "plan_id"  # of a plan that nothing was entered into yet
YES_NO = {"unknown": None, "yes": True, "no": False}
# Numbers of the plan that widgets hold, under the names they have in links.
WEEKS = {code: f"weeks_{code}" for code in PLANNED}
OWN_COSTS = {code: f"usd_{code}" for code in ITEMS}
KEPT = (*QUERY_NAMES.values(), *WEEKS.values(), *OWN_COSTS.values())
DEFAULTS = {"applicant_type": "Non-US IMG", "specialty": "Internal Medicine"}


def keep() -> None:
    """Keep what the widgets hold on pages that do not show them; called before every page."""
    # Streamlit drops the state of a widget that a page does not show, unless it is set anew.
    for key in KEPT:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def applicant() -> Applicant:
    """The profile as it stands."""
    given = {name: st.session_state.get(key) for name, key in QUERY_NAMES.items()}
    known = {name: YES_NO.get(value, value) if isinstance(value, str) else value
             for name, value in given.items()}  # fmt: skip
    return Applicant(
        **DEFAULTS | {name: value for name, value in known.items() if value is not None}
    )


def plan() -> Plan:
    """The whole plan as it stands."""
    kept = st.session_state.get(PLAN)
    shown = {"applicant": applicant(), "weeks": given(WEEKS), "own_costs": given(OWN_COSTS)}
    if not (kept and kept.id):
        shown["id"] = st.session_state.setdefault(PLAN_ID, uuid4().hex)
    if kept:
        shown["scenarios"] = carry_over(kept.scenarios, kept.applicant, shown["applicant"])
    return Plan(**(dict(kept) if kept else {}) | shown)


def given(keys: dict[str, str]) -> dict[str, int]:
    """What was typed into number widgets: by name, where keys leads to each one's key."""
    values = {name: st.session_state.get(key) for name, key in keys.items()}
    return {name: value for name, value in values.items() if value is not None}


def update(**changes) -> None:
    """Change parts of the plan. Raises pydantic.ValidationError for what a plan may not hold."""
    st.session_state[PLAN] = Plan(**dict(plan()) | changes)


def open_plan(opened: Plan) -> None:
    """Take a plan over, profile and all. Call before the profile's widgets are shown."""
    for key, value in state_of(opened).items():
        if value is None:
            st.session_state.pop(key, None)
        else:
            st.session_state[key] = value


def state_of(opened: Plan) -> dict:
    """What the session holds when a plan is open, by key; None: nothing under that key."""
    values = {key: getattr(opened.applicant, name) for name, key in QUERY_NAMES.items()}
    values |= {key: opened.weeks.get(code) for code, key in WEEKS.items()}
    values |= {key: opened.own_costs.get(code) for code, key in OWN_COSTS.items()}
    answers = {value: answer for answer, value in YES_NO.items() if value is not None}
    told = {
        key: answers[value] if isinstance(value, bool) else value for key, value in values.items()
    }
    return {PLAN: opened} | told


def profile_inputs(in_link: bool = True, expanded: bool = True) -> Applicant:
    """The profile's widgets, grouped as a person thinks; in_link: whether the address carries it."""
    bind = ui.IN_LINK if in_link else None

    def number(label: str, name: str, low: int, high: int, help: str | None = None) -> None:
        ui.number(label, QUERY_NAMES[name], low, high, help, bind=bind)

    def choose(label: str, options, name: str) -> None:
        ui.choose(label, list(options), QUERY_NAMES[name], default=DEFAULTS.get(name), bind=bind)

    with st.expander("You", expanded=expanded):
        ui.choose_applicant_type(bind=bind)
        choose("Specialty", ui.catalog().specialties()["specialty"], "specialty")
    with st.expander("Scores", expanded=expanded):
        number("Step 2 CK", "step2_ck", 1, 300)
        choose("Step 1 passed at the first attempt", YES_NO, "step1_first_attempt_pass")
    with st.expander("List", expanded=expanded):
        number("Contiguous ranks (or interviews expected)", "contiguous_ranks", 1, 300,
               "Programs of the preferred specialty ranked one after the other")  # fmt: skip
        number("Distinct specialties ranked", "specialties_ranked", 1, 20)
    with st.expander("Certification, visa, time"):
        number("Match year aimed at", "target_match_year", 2020, 2100)
        choose("Visa need", ["unknown", "none", "J-1", "H-1B"], "visa_need")
        number("Years since graduation", "years_since_graduation", 0, 60)
        choose("ECFMG certified", YES_NO, "ecfmg_certified")
        ui.day("Certification expected", QUERY_NAMES["ecfmg_expected"], bind=bind)
    with st.expander("Experience"):
        number("Research experiences", "research_experiences", 0, 100)
        number("Publications", "publications", 0, 300)
        number("Abstracts, presentations and publications together",
               "abstracts_presentations_publications", 0, 500)  # fmt: skip
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


def profile_bar(in_link: bool = True) -> Applicant:
    """The profile in one line, its widgets behind a button, and the file controls.

    For pages that need the profile but are about something else; call it under the title.
    in_link: whether the address carries the profile.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        line = st.container(width="content")
        with st.popover("Change your profile", icon=":material/edit:"):
            person = profile_inputs(in_link, expanded=False)
        file_controls()
    # Last, since the profile is known once its widgets have read the link.
    line.markdown(f"**Your profile:** {profile_line(person)}")
    return person


def file_controls() -> None:
    """Save the plan as a file, or open one."""
    with st.popover("Save or open your plan", icon=":material/save:"):
        st.markdown("The file is yours; the server keeps nothing of it. It holds your profile, "
                    "target list, rank order list, notes, checklist and planning figures.")  # fmt: skip
        st.download_button("Save the plan", save(plan()), FILE_NAME, "application/json",
                           icon=":material/download:", on_click="ignore")  # fmt: skip
        st.file_uploader("Open a plan", type="json", key="plan_file", on_change=_open_uploaded)
        # Inside, since on a phone the open popover covers what stands below it.
        if problem := st.session_state.pop("plan_problem", None):
            ui.refused(problem)
        if st.session_state.pop("plan_opened", False):
            st.success("The plan is open.")


def _open_uploaded() -> None:
    uploaded = st.session_state["plan_file"]
    if uploaded is None:
        return
    try:
        opened = read(uploaded.getvalue())
        people = [opened.applicant, *(scenario.applicant for scenario in opened.scenarios)]
        known = set(ui.catalog().specialties()["specialty"])
        if unknown := {person.specialty for person in people} - known:
            raise PlanError(
                f"The file names a specialty that the tables do not know: {min(unknown)}."
            )
        open_plan(opened)
        st.session_state["plan_opened"] = True
    except PlanError as error:
        st.session_state["plan_problem"] = str(error)
