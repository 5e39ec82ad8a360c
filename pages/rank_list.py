"""Rank list lab: order a list, run it through simulated Matches, and see what the order does."""

from contextlib import suppress

import pandas as pd
import streamlit as st

from matchatlas.charts import rank_list as rank_charts
from matchatlas.matching import reality
from matchatlas.matching.lab import (
    LONGEST,
    NATIONS,
    NOT_GUESSED,
    Question,
    ask,
    needs_supplemental_list,
    standing_by_length,
    standing_by_score,
)
from matchatlas.matching.participants import NoMarket
from matchatlas.matching.simulation import ASSUMED
from matchatlas.road.roadmap import certification_warning
from matchatlas.web import answer_card, example, rank_order, session, ui
from matchatlas.web.workers import Busy, Stopped

ANSWER = "rank_answer"
catalog = ui.catalog()


st.title("Rank list lab")
st.markdown(
    "The Match goes down **your** list. It asks your first choice; the program keeps you until it "
    "is asked by someone it ranks higher, for as many as it has positions. Only when a "
    "program says no does the Match go on to your next one, and you stand there exactly as if it "
    "had been your first. So a long shot on top costs nothing, and nobody learns where you put "
    "them. **Put programs in the order in which you want to train there**, not in the order of "
    "your chances; leave out only those where you would rather not train at all."
)
with suppress(NoMarket, Busy):  # told below, where they are needed
    ui.national_matches()  # begun while the list is typed
session.file_controls()
applicant_type = ui.choose_applicant_type()
applicant = session.applicant()
if warning := certification_warning(applicant, catalog.calendar()):
    st.warning(warning, icon=":material/event_busy:")

st.subheader("Your list")
specialties, positions = catalog.specialties(), catalog.positions()
ranked = rank_order.editor(specialties["specialty"].tolist())
if not ranked:
    example.offer()
    st.stop()
preliminary = specialties["specialty"][specialties["family"] == "Preliminary"]
advanced = positions["specialty"][positions["scope"] == "PGY-1 and PGY-2"]
if reason := needs_supplemental_list(ranked, set(preliminary), set(advanced)):
    ui.refused(reason)
    st.stop()

st.subheader("Your chance, by published figures")
answer_card.show(applicant)

st.subheader("Simulated Matches")
try:
    participants = ui.participants()
except NoMarket as reason:
    ui.missing(str(reason), "They come with the tables of totals and first choices.")
    st.stop()
st.markdown(
    f"Each simulated Match is national: the people and positions of {participants.match_year}, "
    f"{participants.applicants['applicants'].sum():,} active applicants and "
    f"{participants.programs['positions'].sum():,} positions, and you as one more. {NATIONS} such "
    "Matches are drawn; in each you are drawn anew several times. Your programs are stood for by "
    "simulated ones as hard to get as you guess: nothing here is known of any real program."
)
ui.source_line(pd.DataFrame({"source_id": participants.source_ids}))
left, right = st.columns(2)
with left:
    stand = st.slider(
        f"{applicant_type}s behind you, of 100",
        1,
        99,
        50,
        key="stand",
        bind=ui.IN_LINK,
        help="Where you think you stand among those who rank the specialty. How hard "
        "a program is to get, guess for the middle of them.",
    )
with right:
    markets = ui.choose("Matches to simulate", [20, 50, 100, 200], "markets", default=50)
question = Question(tuple(ranked[:LONGEST]), applicant_type, stand / 100, markets)
try:
    by_length = standing_by_length(participants, question)
    job = ui.national_matches()
except (NoMarket, Busy) as reason:
    ui.missing(str(reason), "Take the program off, choose another type, or try again later.")
    st.stop()
hints = [f"{by_length:.0%} by the length of your list alone"]
if applicant.step2_ck and (
    by_score := standing_by_score(
        catalog.characteristics(), applicant_type, ranked[0].specialty, applicant.step2_ck
    )
):
    share, score_source = by_score
    hints.append(
        f"{share:.0%} by your Step 2 CK of {applicant.step2_ck} alone "
        f"({ui.plain(ui.source_titles(pd.Series([score_source]))[0])})"
    )
specialty = ui.plain(ranked[0].specialty)
ui.small(f"Behind you in {specialty}: {', '.join(hints)}, by the published means and spreads.")
if len(ranked) > LONGEST:
    ui.small(f"The first {LONGEST} programs are run.")
with st.expander("What is assumed, since no table has it"):
    st.markdown("\n".join(f"- {assumption}" for assumption in ASSUMED))
with st.expander("How near the simulated Matches come to published figures"):
    st.markdown(
        "What is fitted is near by design. The rest is not fitted, but was in view when the "
        "assumptions were chosen, so figures nobody looked at may be farther off. The odds show how the algorithm works on a list like "
        "yours; they are no estimate of your own."
    )
    st.dataframe(reality.read(), hide_index=True)

if st.button("Run the Matches", type="primary", icon=":material/play_arrow:"):
    bar = st.progress(0.0, "The national Matches are played, once for everybody")
    try:
        while not job.wait(0.3):
            bar.progress(job.share, job.message or "Others' work comes first")
        st.session_state[ANSWER] = question, catalog.build_id, ask(job.result(), question)
    except (NoMarket, Stopped) as reason:
        ui.missing(str(reason), "Change the list, or press the button again.")
    bar.empty()
asked, of_build, answer = st.session_state.get(ANSWER, (None, None, None))
if answer is None:
    st.markdown("Run the Matches to see the odds of this list.")
    st.stop()
if (asked, of_build) != (question, catalog.build_id):
    st.info(
        "What follows is of the list, or the tables, as they were. Run the Matches to see this one.",
        icon=":material/history:",
    )
ranked, applicant_type, markets = asked.programs, asked.applicant_type, asked.markets
specialty = ui.plain(ranked[0].specialty)

odds, by_length, swaps = answer.odds(), answer.odds_by_length(), answer.swap_table()
names = [
    f"{place}. {program.hardness or NOT_GUESSED} ({program.program})"
    for place, program in enumerate(ranked, 1)
]
source = participants.source_ids[0]
place = answer.placed(range(len(ranked)))
ui.chart(
    f"Matched in {(place >= 0).sum()} of {markets} simulated Matches, in {(place == 0).sum()} to the first choice",
    "Share of simulated Matches that end at each place of your list, with the 95 % interval that is "
    "due to drawing a number of them only; what the assumptions do to it is not in the interval.",
    rank_charts.odds_by_place(odds.assign(name=[*names, "Not matched"])),
    odds.assign(name=[*names, "Not matched"], source_id=source),
    alt="Bars down the list: "
    + ", ".join(
        f"{name} {rate:.0%}" for name, rate in zip([*names, "not matched"], odds["rate"], strict=True)
    ),
    key="rank-odds",
    people=f"{markets} simulated Matches",
)
ui.small(
    f"Every matching was checked, and {answer.stable} of {markets} are stable: no applicant and program would "
    f"rather have each other. In them {answer.type_rate:.0%} of {applicant_type}s in "
    f"{specialty} matched there, set to come near this app's estimate from published counts, "
    f"{answer.aimed:.0%}, and their type's published rate."
)

st.subheader("A longer list")
model, published = ui.model(), None
if "contiguous_ranks" in model.measures(applicant_type, ranked[0].specialty):
    person = applicant.model_copy(update={"specialty": ranked[0].specialty})
    published = model.curve(person, "contiguous_ranks", range(1, max(10, len(names)) + 1))
ui.chart(
    f"Your first choice alone: {by_length['rate'].iloc[0]:.0%} match; "
    f"the first {len(names)}: {by_length['rate'].iloc[-1]:.0%}"
    if len(names) > 1
    else f"One program alone: {by_length['rate'].iloc[0]:.0%} match",
    "Match rate with the list cut after so many programs. Dashed: the estimate for your profile over "
    "contiguous ranks; there a longer list also tells of a stronger applicant. Bands: 95 %.",
    rank_charts.odds_by_length(by_length, published),
    by_length.assign(source_id=source),
    alt="Curve of the simulated match rate over list length: "
    + ", ".join(f"{row.length} ranked {row.rate:.0%}" for row in by_length.itertuples()),
    key="rank-length",
    people=f"{markets} simulated Matches",
)
lengths = catalog.rank_lengths()
lengths = lengths[lengths["applicant_type"] == applicant_type].tail(1)
for mean in lengths.itertuples():
    st.markdown(
        f"In {mean.match_year}, {applicant_type}s who matched had ranked {mean.mean_ranks_matched:.1f} "
        f"programs in the mean, those who did not {mean.mean_ranks_unmatched:.1f}."
    )
    ui.source_line(lengths, f"{mean.matched + mean.unmatched:,}")
if lengths.empty:
    ui.missing(
        f"The mean list length of {applicant_type}s is not in the tables.",
        "It comes with a row of rank_list_lengths.csv.",
    )

if len(names) > 1:
    st.subheader("A safer program above the dream")
    st.markdown(
        f"**Swaps tried: {len(swaps)}, each in the same {markets} Matches. Gave a place you like "
        f"better: {(swaps['better'] > 0).sum()}. Gave a worse one at least once: "
        f"{(swaps['worse'] > 0).sum()}.** "
        "As long as you rank alone, whoever else takes part and whatever they rank, no order gives "
        "you more than the one you truly want: that is what strategy-proof means. For couples it "
        "holds but for rare cases."
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Put above": [names[lower] for lower in swaps["lower"]],
                "Though you want more": [names[upper] for upper in swaps["upper"]],
                "Better": swaps["better"],
                "Same": swaps["same"],
                "Worse": swaps["worse"],
            }
        ),
        hide_index=True,
    )
    ui.small("Number of simulated Matches, judged by the order in which you truly want the programs.")
