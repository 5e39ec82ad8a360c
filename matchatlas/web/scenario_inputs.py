"""The consultation's scenarios as widgets: presets of one click, a form for each, and its removal."""

import zlib

import streamlit as st
from pydantic import ValidationError

from matchatlas.applicant import EARLIEST_DAY, LATEST_DAY, Applicant
from matchatlas.plan import SCENARIOS, Plan, Scenario
from matchatlas.report.consultation import LIMITS, presets
from matchatlas.report.words import FIELDS
from matchatlas.web import session, ui

PROBLEM = "scenario_problem"


def scenario_inputs(plan: Plan, year: int) -> None:
    """Add, edit and remove scenarios; year: the Match of a profile that names none."""
    if problem := st.session_state.pop(PROBLEM, None):
        ui.refused(problem)
    with st.container(horizontal=True):
        taken = {scenario.name for scenario in plan.scenarios}
        for name, changed in presets(plan.applicant, year).items():
            full = len(plan.scenarios) >= SCENARIOS
            st.button(
                name,
                key=f"preset-{name}",
                icon=":material/add:",
                on_click=_change,
                args=((*plan.scenarios, Scenario(name=name, applicant=changed or plan.applicant)),),
                disabled=full or changed is None or name in taken,
            )
    ui.small(f"Up to {SCENARIOS}. What a scenario has in common with the profile follows the profile.")
    for number, scenario in enumerate(plan.scenarios):
        with st.expander(f"Edit “{ui.plain(scenario.name)}”"):
            _form(plan, number, scenario)


def _form(plan: Plan, number: int, scenario: Scenario) -> None:
    # The key changes with the scenario, so that a form never shows what another one held.
    key = f"scenario-{number}-{zlib.crc32(scenario.model_dump_json().encode())}"
    specialties = list(ui.catalog().specialties()["specialty"])
    person = scenario.applicant
    with st.form(key, border=False):
        st.text_input("Name", scenario.name, max_chars=80, key=f"{key}-name")
        st.selectbox(
            "Specialty", specialties, key=f"{key}-specialty", index=specialties.index(person.specialty)
        )
        for cell, (name, (low, high)) in zip(st.columns(len(LIMITS)), LIMITS.items(), strict=True):
            with cell:
                st.number_input(
                    FIELDS[name],
                    low,
                    high,
                    getattr(person, name),
                    step=1,
                    key=f"{key}-{name}",
                    placeholder="unknown",
                )
        st.date_input(
            FIELDS["ecfmg_expected"],
            person.ecfmg_expected,
            EARLIEST_DAY,
            LATEST_DAY,
            key=f"{key}-ecfmg_expected",
        )
        st.form_submit_button("Apply", on_click=_apply, args=(plan, number, key))
    others = plan.scenarios[:number] + plan.scenarios[number + 1 :]
    st.button("Remove", key=f"{key}-remove", icon=":material/delete:", on_click=_change, args=(others,))


def _apply(plan: Plan, number: int, key: str) -> None:
    fields = ("specialty", *LIMITS, "ecfmg_expected")
    values = {name: st.session_state[f"{key}-{name}"] for name in fields}
    try:
        person = Applicant(**dict(plan.scenarios[number].applicant) | values)
        edited = Scenario(name=st.session_state[f"{key}-name"].strip(), applicant=person)
        _change((*plan.scenarios[:number], edited, *plan.scenarios[number + 1 :]))
    except ValidationError as error:
        st.session_state[PROBLEM] = error.errors()[0]["msg"].removeprefix("Value error, ")


def _change(scenarios: tuple[Scenario, ...]) -> None:
    session.update(scenarios=scenarios)
