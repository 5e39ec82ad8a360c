"""Rank list lab: order a list, run it through simulated Matches, and see what the order does."""

from contextlib import suppress

import pandas as pd
import streamlit as st

from matchatlas.charts import rank_list as rank_charts
from matchatlas.matching.entrants import NOT_GUESSED, Question
from matchatlas.matching.lab import LONGEST, ask, standing_by_length, standing_by_score
from matchatlas.matching.participants import NoMarket
from matchatlas.road.roadmap import certification_warning
from matchatlas.web import answer_card, couple, example, frame, rank_lab, rank_order, session, ui
from matchatlas.web.workers import Busy

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

as_couple = couple.is_chosen()
st.header("Your list")
if as_couple:
    couple.show()
    st.stop()
ranked = rank_order.editor(rank_order.OWN, applicant.specialty)
rank_order.look_over(rank_order.OWN)
if not ranked:
    example.offer()
    st.stop()

st.header("Your chance, by published figures")
answer_card.show(applicant)

participants, job = rank_lab.opening()
left, right = st.columns(2)
with left:
    stand = rank_lab.stand(f"{applicant_type}s", "stand")
with right:
    markets = rank_lab.markets()
years = rank_order.supplemental(session.plan())
question = Question(ranked[:LONGEST], applicant_type, stand, markets, years)
try:
    by_length = standing_by_length(participants, question)
except NoMarket as reason:
    ui.missing(str(reason), "Take the program off, or choose another type.")
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
rank_lab.assumptions()
asked, answer = rank_lab.run(question, ask, job, ANSWER, "the odds of this list")
ranked, applicant_type, markets = asked.programs, asked.applicant_type, asked.markets
specialty = ui.plain(ranked[0].specialty)

odds, by_length, swaps = answer.odds(), answer.odds_by_length(), answer.swap_table()
names = [
    f"{place}. {program.hardness or NOT_GUESSED} ({program.program})"
    for place, program in enumerate(ranked, 1)
]
source = participants.source_ids[0]
place = answer.placed(range(len(ranked)))
outcome = f"Matched in {(place >= 0).sum()} of {markets} simulated Matches, in {(place == 0).sum()} to the first choice"
frame.announce("lab", outcome)
ui.chart(
    outcome,
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

later = answer.beside().assign(name=names)
later = later[[program.position_type == "advanced" for program in ranked]]
if len(later):
    st.header("A first year beside the position")
    without = int((later["matched"] - later["with_year"]).sum())
    st.markdown(
        f"**Matched to an advanced position and to no first year for it: {without} of {markets} simulated "
        "Matches.** The Match gives the position first, and then runs its supplemental list. Who finds no "
        "year there keeps the position, which begins in PGY-2, and must find a PGY-1 year elsewhere: in SOAP, "
        "or at a program that still has one. Without it the position cannot be begun."
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Advanced position": later["name"],
                "Matched there": later["matched"],
                "with a first year": later["with_year"],
                "without": later["matched"] - later["with_year"],
            }
        ),
        hide_index=True,
    )
    ui.small("Number of simulated Matches. How hard years are to get is your guess, too.")

st.header("A longer list")
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
    st.header("A safer program above the dream")
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
