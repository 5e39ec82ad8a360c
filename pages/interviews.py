"""Interviews: how many a chance takes, and a deck of questions to practise on, with notes to keep."""

import pandas as pd
import streamlit as st

from matchatlas.charts import odds as odds_charts
from matchatlas.odds.estimator import NoEstimate
from matchatlas.odds.how_many import CHANCES, HowMany, how_many, near_interviews
from matchatlas.road.costs import list_fee
from matchatlas.road.interviews import DECK, NOTE_LENGTH
from matchatlas.road.official import told
from matchatlas.web import answer_card, frame, session, ui

QUESTION = "question"
CARDS = {card.question: card for card in DECK}
QUESTIONS = list(CARDS)


def turn(step: int) -> None:
    """Go to the next or the former card, around the ends."""
    here = QUESTIONS.index(st.session_state[QUESTION])
    st.session_state[QUESTION] = QUESTIONS[(here + step) % len(QUESTIONS)]


def keep(card_id: str) -> None:
    """Keep a card's note in the plan; an emptied note leaves it."""
    notes = dict(session.plan().interview_notes)
    notes.pop(card_id, None)
    if text := st.session_state[f"note-{card_id}"].strip():
        notes[card_id] = text
    session.update(interview_notes=notes)


def told_needed(found: HowMany) -> str:
    """A line for each chance: the shortest list that reaches it, and between which the interval does."""
    beyond, lines = f"more than {found.longest}", []
    for row in found.needed.itertuples():
        most = beyond if pd.isna(row.most) else row.most
        if pd.notna(row.ranks):
            lines.append(f"- **{row.chance:.0%}: {row.ranks} ranks**, between {row.fewest} and {most}")
        else:
            best = "" if pd.isna(row.fewest) else f"; at best from {row.fewest} ranks on"
            lines.append(
                f"- **{row.chance:.0%}: not reached** within the {found.longest} ranks that published "
                f"figures cover{best}"
            )
    return "\n".join(lines)


def needed_ranks(found: HowMany) -> None:
    """How many ranks reach each chance, and the curve they are read off."""
    st.markdown(
        f"Contiguous ranks that give such a chance of matching to {applicant.specialty}, and between how "
        "many the 95 % interval has it:"
    )
    st.markdown(told_needed(found))
    reached = found.needed.dropna(subset=["ranks"])
    ranks = applicant.contiguous_ranks
    own = found.line[found.line["value"] == ranks]["center"]
    answer = (
        "; ".join(f"{row.ranks} ranks for {row.chance:.0%}" for row in reached.itertuples())
        or f"No length of list reaches {CHANCES[0]:.0%} here"
    )
    frame.announce("how many", answer)
    ui.chart(
        answer,
        f"Estimate for your profile in the {ui.model().match_year} Match by contiguous ranks: programs of the "
        "specialty, ranked one after the other, each after an interview. Band: 95 % interval. Who has a "
        "longer list is often the stronger applicant, so one more rank may do less for the same person "
        "than the curve rises.",
        odds_charts.curve(
            found.line,
            "Contiguous ranks",
            None if ranks is None or own.empty else (ranks, own.iloc[0]),
            levels=CHANCES,
        ),
        found.line.assign(source_id=found.source_ids[0]),
        alt=f"Curve of the estimate over contiguous ranks, from {found.line['center'].iloc[0]:.0%} at 1 to "
        f"{found.line['center'].iloc[-1]:.0%} at {found.longest}, with lines at "
        + ", ".join(f"{chance:.0%}" for chance in CHANCES),
        key="how-many",
        people=f"{found.n:,}" if found.n else None,
    )
    for note in found.notes:
        ui.small(f"• {note}")


def one_more(found: HowMany, fees: pd.DataFrame) -> None:
    """What one more rank adds at the profile's place on the curve, and what it costs."""
    ranks = applicant.contiguous_ranks
    if found.one_more is None or ranks is None:
        st.markdown("Put your contiguous ranks into your profile to see what one more adds.")
    else:
        points, low, high = found.one_more
        now, then = list_fee(ranks, fees), list_fee(ranks + 1, fees)
        step = then - now if now and then else None
        st.markdown(
            f"You have {ranks}. **One more: {points:+.1f} points**, between {low:+.1f} and {high:+.1f}"
            + (
                "."
                if step is None
                else f", for ${step:,.0f} more in fees."
                if step
                else ", at no further fee."
            )
        )
    up_to_20, with_21 = list_fee(20, fees), list_fee(21, fees)
    if up_to_20 and with_21:
        paid = fees[(fees["body"] == "NRMP") & (fees["item"] == "Each program ranked beyond 20")]
        paid = paid.sort_values("season_or_year").tail(1)
        st.markdown(
            f"The NRMP's fee is ${up_to_20:,.0f} up to 20 programs, and ${with_21 - up_to_20:,.0f} for each "
            f"further one, as published for the {paid['season_or_year'].iloc[0]}; longer lists stand on *Costs*."
        )
        ui.source_line(paid)


st.title("Interviews")
applicant = session.profile_bar()
catalog = ui.catalog()
answer_card.show(applicant)
st.header("How many?")
try:
    found = how_many(ui.model(), applicant)
except NoEstimate as reason:
    ui.missing(str(reason), "So nothing here says how many ranks a chance takes.")
    found = None
else:
    if found is None:
        ui.missing(
            f"No table tells how the chance of {applicant.applicant_type}s in {applicant.specialty} grows "
            "with the length of the list.",
            "What is published is how long others' lists were.",
        )
if found:
    needed_ranks(found)
    one_more(found, catalog.table("fee_items"))
lengths = catalog.rank_lengths()
lengths = lengths[lengths["applicant_type"] == applicant.applicant_type].tail(1)
for mean in lengths.itertuples():
    st.markdown(
        f"In {mean.match_year}, {applicant.applicant_type}s who matched had ranked "
        f"{mean.mean_ranks_matched:.1f} programs in the mean, those who did not {mean.mean_ranks_unmatched:.1f}."
    )
    ui.source_line(lengths, f"{mean.matched + mean.unmatched:,}")
with st.expander("How many applications bring an interview?"):
    st.markdown("No table here tells. What is published near it:")
    near = near_interviews(
        applicant,
        *(
            catalog.table(name)
            for name in ("eras_statistics", "internal_medicine_programs", "published_effects")
        ),
    )
    st.markdown("\n".join(f"- {ui.plain(fact.sentence)}" for fact in near))
    ui.source_line(pd.DataFrame({"source_id": [fact.source_id for fact in near]}))

st.header("Practise")
notes = session.plan().interview_notes
written = sum(card.id in notes for card in DECK)
st.progress(written / len(DECK), f"Notes on {written} of {len(DECK)} questions")

card = CARDS[ui.choose("Question", QUESTIONS, QUESTION)]
# The key makes each card a new one in the browser too: none takes over what was typed on another.
with st.container(border=True, key=f"card-{card.id}"):
    st.subheader(card.question, anchor=False)
    st.markdown(f"**What it is after.** {card.after}")
    st.markdown("\n".join(f"- {prompt}" for prompt in card.prompts))
    if card.of_a_program:
        for program in session.plan().programs:
            if program.interviewed or program.interview_on or program.notes:
                day = f" ({told(program.interview_on)})" if program.interview_on else ""
                st.text(f"{program.label}{day}: {program.notes or 'no notes on it yet'}")
        st.page_link(ui.PAGES / "programs.py", label="Your notes by program", icon=":material/list_alt:")
    key = f"note-{card.id}"
    # Set anew each time: an opened plan brings other notes.
    st.session_state[key] = notes.get(card.id, "")
    st.text_area(
        "Your notes",
        key=key,
        height=220,
        max_chars=NOTE_LENGTH,
        on_change=keep,
        args=(card.id,),
        help="Key words serve better than sentences to recite.",
    )
with st.container(horizontal=True):
    st.button("Previous question", icon=":material/arrow_back:", on_click=turn, args=(-1,))
    st.button("Next question", icon=":material/arrow_forward:", on_click=turn, args=(1,))
ui.small(
    f"Question {QUESTIONS.index(card.question) + 1} of {len(DECK)}: {card.guide}, retold in our own words. "
    "Your notes are part of your plan; the server keeps nothing of them."
)
