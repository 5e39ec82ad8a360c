"""Interviews: a deck of questions to practise on, one card at a time, with notes to keep."""

import streamlit as st

from matchatlas.road.interviews import DECK, NOTE_LENGTH
from matchatlas.road.official import told
from matchatlas.web import session, ui

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


st.title("Interviews")
session.file_controls()
notes = session.plan().interview_notes
written = sum(card.id in notes for card in DECK)
st.progress(written / len(DECK), f"Notes on {written} of {len(DECK)} questions")

card = CARDS[ui.choose("Question", QUESTIONS, QUESTION)]
# The key makes each card a new one in the browser too: none takes over what was typed on another.
with st.container(border=True, key=f"card-{card.id}"):
    st.header(card.question, anchor=False)
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
