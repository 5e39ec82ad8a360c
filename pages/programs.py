"""Programs: the applicant's target list, how each stands, and the finder that fills it."""

from urllib.parse import urlencode

import streamlit as st

from matchatlas.road.finder import states_of
from matchatlas.road.standing import IMG_PERCENT, MEANING, Name, standing
from matchatlas.road.targets import listed
from matchatlas.web import bring, example, pipeline, program_cards, program_finder, session, target_list, ui

HOW = (
    "Bring the publisher's report, and every program can be searched and added here for your visit; or type "
    "in the programs you know above, or bring them as a file."
)
LINKED = 100  # programs a link carries; with more it grows too long to be passed on

catalog = ui.catalog()
st.title("Programs")
applicant = session.profile_bar()
programs = session.plan().programs
imported = program_finder.programs()
known = set(imported["code"])

st.header("Your target list", anchor="targets")
linked = target_list.codes_in_link()
arrived = listed(imported[imported["code"].isin(linked)])
if linked:
    if lost := len(linked) - len(arrived):
        ui.missing(f"The link names {lost} programs by codes that this site does not know.", HOW)
    st.button(
        f"Add the link's {len(arrived)} to the list",
        type="primary",
        icon=":material/add:",
        on_click=target_list.add_from_link,
        args=(arrived,),
        disabled=not arrived,
    )
target_list.tell()
if not programs:
    st.markdown("Nothing on it yet. Type a program in, bring a list as a file, or find some below.")
    example.offer()

with st.container(horizontal=True):
    with st.popover("Type a program in", icon=":material/edit_note:", key="type_a_program"):
        target_list.form(applicant)
    with st.popover("Bring a list", icon=":material/upload:"):
        target_list.upload()
    if programs:
        with st.popover("Your criteria", icon=":material/star_half:"):
            pipeline.criteria()
        target_list.download()
        with st.popover("Share as a link", icon=":material/link:"):
            codes = [program.code for program in programs if program.code in known]
            if codes and len(codes) <= LINKED:
                st.code(
                    f"{st.context.url}?{urlencode({target_list.LINK: '.'.join(codes)})}",
                    language=None,
                    wrap_lines=True,
                )
                ui.small(
                    f"It names {len(codes)} of {len(programs)} programs by their codes, nothing else: "
                    "your own columns, notes and profile go only by the plan's file. Who opens it needs "
                    "the imported list as well."
                )
            else:
                st.markdown(
                    f"A link can carry up to {LINKED} programs, and only those of the imported list. "
                    "Pass on the plan's file or the CSV instead."
                )

if programs:
    program_cards.show(programs)
    pipeline.signals(programs)
    with st.expander("The whole list as a table, to change many at once"):
        target_list.editor()
    st.subheader("How they stand", anchor="standing")
    on_list = imported[imported["code"].isin([program.code for program in programs])]
    records, scores = target_list.records(on_list), target_list.scores(catalog, applicant)
    judged = [
        (program, standing(program, applicant, records.get(program.code), scores.get(program.specialty)))
        for program in programs
    ]
    for name in Name:
        if those := [pair for pair in judged if pair[1].name == name]:
            with st.expander(f"{name} ({len(those)}): {MEANING[name]}", expanded=len(judged) <= 12):
                st.markdown("\n".join(target_list.told(*pair) for pair in those))
    ui.small(
        "From your own columns, the guide's word on programs with "
        f"{IMG_PERCENT} % IMG residents or more, the imported Matches and the published scores of those "
        "who matched; it orders what is known and says "
        "nothing of the chance to match. A program of which nothing is known is not judged."
    )
    if scores and applicant.step2_ck:
        ui.source_line(target_list.score_rows(catalog, applicant))

st.header("Find programs", anchor="find")
bring.control(bring.PROGRAMS)
if not imported.empty:
    program_finder.show(imported, applicant.specialty)
    st.stop()

openings = catalog.openings()
left, right = st.columns(2)
with left:
    places = program_finder.ask_places(openings)
with right:
    specialties = ui.choose_several(
        "Of specialties",
        sorted(openings["specialty"].unique()),
        "program_specialties",
        default=[applicant.specialty],
    )
shown = openings[
    (openings["state"].isin(states_of(places)) | (not places))
    & (openings["specialty"].isin(specialties) | (not specialties))
]
ui.missing("Programs by name are not on this site; these are sums by state and specialty.", HOW)
st.markdown(
    f"{shown['offered'].sum():,} positions offered in {openings['match_year'].iloc[0]}, "
    f"{shown['unfilled'].sum():,} of them unfilled, in {shown['state'].nunique()} states."
)
st.dataframe(
    shown.drop(columns=["match_year", "img_year", "source_id", "img_source_id"]),
    hide_index=True,
    column_config={
        "state_img_share": st.column_config.NumberColumn(
            f"filled by IMGs, all specialties, {openings['img_year'].max():.0f}", format="percent"
        )
    },
)
ui.small(
    "Summed over programs, all tracks and levels together: about 99 % of all positions, so not NRMP's own "
    "totals."
)
ui.source_line(openings)
