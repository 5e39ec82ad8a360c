"""Consultation: a tutor's talk with a client, from the base rate to the next dates, and the report."""

from datetime import date
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from matchatlas.charts import odds as odds_charts
from matchatlas.plan import LONGEST_CLOSING_NOTE, Plan
from matchatlas.plan_link import for_reading, packed
from matchatlas.report import html, pdf
from matchatlas.report.build import build
from matchatlas.report.content import Content
from matchatlas.report.figures import figures
from matchatlas.report.logo import LogoError, read_logo
from matchatlas.report.words import SECTIONS, file_stem
from matchatlas.road.roadmap import aimed_at
from matchatlas.web import address, answer_card, device, session, ui
from matchatlas.web import held as plans
from matchatlas.web.handover import file_button
from matchatlas.web.held import LOGO
from matchatlas.web.scenario_inputs import scenario_inputs

WHOLE = "The whole talk"
TITLES = {key: f"{number} · {title}" for number, (key, title) in enumerate(SECTIONS.items(), 1)}
TRACK = (WHOLE, *TITLES.values())


def base(content: Content) -> None:
    """Where such applicants start."""
    if content.evidence:
        odds = content.evidence.base
        st.markdown(
            f"**{odds.sentence}.** The 95 % interval is {odds.interval}. "
            f"Published: {content.evidence.counted}."
        )
    if content.beside:
        st.markdown("Figures that are not the estimate, and why:")
        st.markdown("\n".join(f"- {told}" for told in content.beside))


def evidence(content: Content) -> None:
    """The profile's estimate and what moves it."""
    chosen, found, odds = content.chosen, content.evidence, content.chosen.odds
    answer_card.show(session.applicant())
    if not found or not odds:
        return
    hundred = figures(content)["hundred"]
    st.image(hundred.svg, alt=hundred.alt, width=620)
    ui.small(
        "Thick edge: matched, by the estimate. Filled: matched even at the low end of the interval; "
        "pale: up to its high end."
    )
    if not found.steps:
        st.markdown(
            "The profile says nothing yet that published figures let count: the estimate is the base rate."
        )
        return
    moved, along = st.columns(2, gap="large")
    with moved:
        drawn = figures(content)["steps"]
        ui.chart(
            drawn.title,
            "From the base rate of the group to the estimate, in percentage points. These are "
            "associations in published groups, not effects of a cause.",
            odds_charts.waterfall(found.base.center, list(found.steps), odds.center),
            pd.DataFrame(found.steps, columns=["characteristic", "points"]).assign(
                source_id=chosen.source_ids[0]
            ),
            alt=drawn.alt,
            key="consultation-steps",
        )
    if line := found.curve:
        rows = pd.DataFrame(line.points, columns=["value", "center", "low", "high"])
        rows = rows.assign(**{name: rows[name] / 100 for name in ("center", "low", "high")})
        drawn = figures(content)["curve"]
        with along:
            ui.chart(
                drawn.title,
                "Estimate for this profile along the characteristic, with its 95 % interval.",
                odds_charts.curve(rows, line.label, (line.own[0], line.own[1] / 100), pd.DataFrame()),
                rows.assign(source_id=chosen.source_ids[-1]),
                alt=drawn.alt,
                key="consultation-curve",
            )


def choices(content: Content) -> None:
    """The profile and its scenarios side by side."""
    if len(content.options) == 1:
        st.markdown("No other choice is compared yet: add one under *Scenarios* above.")
        return
    for cell, option in zip(st.columns(len(content.options)), content.options, strict=True):
        with cell, st.container(border=True):
            st.markdown(f"**{option.letter} · {ui.plain(option.name)}**")
            if option.odds:
                st.markdown(f"### {option.odds.rate}")
                st.markdown(f"95 % interval {option.odds.interval}. {option.odds.sentence}.")
            else:
                st.markdown(f"No estimate: {option.reason}")
                st.markdown("\n".join(f"- {fact}" for fact in option.facts))
            if option.difference:
                st.markdown(f"**{option.difference}**, compared with A")
            if option.changes:
                ui.small(ui.plain("; ".join(option.changes)))
            cost = ui.plain(option.cost) or "not said"
            ui.small(f"Application fees: {cost}. Roadmap: {option.roadmap}.")
    compared = content.compared()
    if not compared:
        return
    drawn = figures(content)["options"]
    rows = pd.DataFrame(
        [
            {
                "letter": o.letter,
                "rate": odds.center / 100,
                "low": odds.low / 100,
                "high": odds.high / 100,
                "source_id": o.source_ids[0],
            }
            for o, odds in compared
        ]
    )
    ui.chart(
        ui.plain(drawn.title),
        "Estimates in percent with 95 % intervals, one row a choice.",
        odds_charts.compared(rows),
        rows,
        alt=drawn.alt,
        key="consultation-choices",
    )


def plan(content: Content) -> None:
    """What to do: changes within reach, fees, the checklist."""
    if content.evidence and content.evidence.moves:
        st.markdown("Within reach, and what it would do to the estimate:")
        st.markdown("\n".join(f"- {move}" for move in content.evidence.moves))
    st.markdown(content.fees.replace("$", "\\$"))
    if not content.tasks:
        ui.missing(
            f"A date of the {content.year} Match is not on this site yet, so no checklist can be reckoned.",
            "The publishers' own calendars have it.",
        )
        return
    if content.next:
        st.markdown(f"**Begin with:** {'; '.join(content.next)}.")
    st.table(
        pd.DataFrame(
            [(task.title, task.by or "–", task.state) for task in content.tasks],
            columns=["Milestone", "At the latest", "State"],
        ).set_index("Milestone")
    )
    ui.small(
        "Reckoned back from the season's dates, with planned durations: assumptions, unless you "
        "put in your own on the Roadmap page."
    )


def dates(content: Content) -> None:
    """The season's dates ahead."""
    if not content.dates:
        st.markdown(f"No date of the {content.year} Match lies ahead in the published calendar.")
        return
    st.table(
        pd.DataFrame(
            [(found.day, found.event, found.kind) for found in content.dates],
            columns=["Date", "Event", "How sure"],
        ).set_index("Date")
    )


def turn(step: int) -> None:
    """Go on or back within the talk; at its ends the keys do nothing."""
    place = TRACK.index(st.session_state.get(address.TRACK, WHOLE)) + step
    st.session_state[address.TRACK] = TRACK[min(max(place, 0), len(TRACK) - 1)]


def talk_track() -> str:
    """The part of the talk to show, and the keys that go on and back."""
    with st.sidebar:
        st.button("Next part", shortcut="Right", on_click=turn, args=(1,))
        st.button("Former part", shortcut="Left", on_click=turn, args=(-1,))
    return st.segmented_control("Talk track", TRACK, default=WHOLE, key=address.TRACK, required=True)


def share_link() -> None:
    """The link that carries the profile, where the tutor asks for it."""
    query = urlencode(address.query(address.CONSULTATION), doseq=True)
    st.code(urlsplit(st.context.url or "")._replace(query=query, fragment="").geturl(), language=None)
    ui.small(
        "Whoever has this link, or this page's address, sees the profile. Scenarios, names and "
        "notes are not in it: save the plan for these."
    )


def readers_link(held: Plan) -> None:
    """The link with which a client reads this consultation, and the name in it where it is asked for."""
    with st.expander("Link for the client, to read"):
        named = bool(held.client) and st.toggle("Name the client in it", key="consultation_named")
        if (text := packed(for_reading(held, named))) is None:
            ui.small("The scenarios and the note are too long for a link: send the report.")
            return
        # To Start: who opens a consultation's own address is taken for a tutor.
        page = urlsplit(st.context.url or "")._replace(
            path="/", query="", fragment=f"{device.TO_READ}={text}"
        )
        st.code(page.geturl(), language=None)
        ui.small(
            "Profile, scenarios, dates and your closing note, to be read and not changed. They stand behind the #, "
            "which no address that is sent to a server has."
        )


def write(part: str, key: str) -> None:
    """Take a typed value over into the plan; part: the plan's field, or one of the tutor's."""
    value = st.session_state[key]
    now = session.plan()
    if part in Plan.model_fields:
        session.update(**{part: value})
    else:
        session.update(tutor=now.tutor.model_copy(update={part: value}))


def typed(kind, label: str, part: str, value, **options):
    """A widget whose value the plan holds, so that a file that is opened shows in it."""
    key = f"consultation_{part}"
    st.session_state[key] = value
    return kind(label, key=key, on_change=write, args=(part, key), **options)


def chosen_logo():
    """The tutor's logo, kept through the visit, whoever the client is; None where there is none."""
    st.file_uploader(
        "Logo (PNG or JPEG, at most 2 MB)",
        ["png", "jpg", "jpeg"],
        key="logo_file",
        max_upload_size=2,
        on_change=keep_logo,
    )
    kept = st.session_state.get(LOGO)
    if isinstance(kept, LogoError):
        ui.refused(kept)
        return None
    if kept and st.session_state["logo_file"] is None:
        st.button(
            "Leave the former logo out",
            on_click=st.session_state.pop,
            args=(LOGO,),
            help="The logo of this visit goes into every report.",
        )
    return kept


def keep_logo() -> None:
    """Keep what was read of the chosen file, once; one that is taken out again is kept no longer."""
    file = st.session_state["logo_file"]
    try:
        st.session_state[LOGO] = file and read_logo(file.getvalue())
    except LogoError as problem:
        st.session_state[LOGO] = problem


def take_home(content: Content, held: Plan) -> None:
    """The report: what the tutor adds to it, and the files."""
    st.header("Take home")
    left, right = st.columns(2, gap="large")
    with left:
        typed(st.text_input, "Client's name", "client", held.client, max_chars=120)
        typed(st.text_input, "Tutor's name", "name", held.tutor.name, max_chars=120)
        typed(
            st.text_area,
            "Closing note",
            "closing_note",
            held.tutor.closing_note,
            max_chars=LONGEST_CLOSING_NOTE,
        )
    with right:
        logo = chosen_logo()
        paper = ui.choose("Paper", [paper.upper() for paper in pdf.PAPERS], "paper").lower()
        stem = "-".join(filter(None, ("match-report", file_stem(held.client))))
        with st.container(horizontal=True):
            for name, mime, make in (
                ("PDF", "application/pdf", lambda: pdf.render(content, paper, logo)),
                ("HTML", "text/html", lambda: html.render(content, logo)),
            ):
                file_button(f"Report as {name}", make, f"{stem}.{name.lower()}", mime, f"report {name}")
        ui.small("Made on the spot from what stands on this page; nothing of it is kept here.")
        readers_link(held)


catalog, model = ui.catalog(), ui.model()
st.title("Consultation")
today = date.today()
held = session.plan()
year = aimed_at(held.applicant, held.stage, catalog.calendar(), today)
presenting = ui.presenting()
editing = not presenting and not plans.reading()
if editing:
    with st.container(horizontal=True, vertical_alignment="center"):
        share = session.link_switch()
        st.button(
            "New client",
            icon=":material/person_add:",
            on_click=session.new_client,
            help="Clears all that was entered but your own name and logo.",
        )
if not plans.reading():
    session.profile_bar(with_link=False)
if editing:
    with st.container():
        if share:
            share_link()
    with st.expander("Scenarios: up to four choices beside the profile", expanded=True):
        scenario_inputs(session.plan(), year)
    typed(
        st.number_input,
        "Programs applied to, in one specialty (for the fees)",
        "applications",
        session.plan().applications,
        min_value=1,
        max_value=1000,
        step=1,
        placeholder="not said",
        width=420,
    )
held = session.plan()
content = build(held, model, catalog, year, today)
known = "; ".join(f"{label}: {value}" for label, value in content.profile)
ui.small(ui.plain(f"{content.headline}. {known}."))
# A container each, so that nothing below is put elsewhere, and drawn anew, while it is pressed.
with st.container():
    if content.chosen.conflict:
        st.warning(content.chosen.conflict, icon=":material/event_busy:")
parts = {"base": base, "evidence": evidence, "choices": choices, "plan": plan, "dates": dates}
shown = talk_track() if presenting else WHOLE
for key, title in TITLES.items():
    if shown in (WHOLE, title):
        with st.container():
            st.header(title)
            parts[key](content)
ui.small(f"Sources: {ui.plain('; '.join(content.sources))}. Data: build {content.build}.")
if editing:
    take_home(content, held)
elif plans.reading():
    by_whom = " ".join(
        f"{word} {name}" for word, name in (("for", held.client), ("by", held.tutor.name)) if name
    )
    st.header("To take along")
    st.markdown(ui.plain(held.tutor.closing_note or "No closing note was written."))
    ui.small(ui.plain(f"Prepared {by_whom or 'without a name'}."))
