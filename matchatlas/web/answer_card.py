"""The one card that answers "what is my chance?", drawn alike wherever a chance is shown."""

import pandas as pd
import streamlit as st

from matchatlas.applicant import Applicant
from matchatlas.odds.answer import Answer, Chance, answer
from matchatlas.odds.what_if import matched_anywhere, nearest_facts
from matchatlas.web import frame, ui

# Pale: the interval; the mark: the estimate. Both on a scale from 0 to 100 %.
BAR = """<div role="img" aria-label="{alt}" style="position:relative;height:14px;border-radius:7px;
background:rgba(128,128,128,.2)"><div style="position:absolute;top:0;bottom:0;left:{low:.1f}%;
width:{width:.1f}%;border-radius:7px;background:rgba(0,114,178,.45)"></div><div style="position:absolute;
top:-4px;bottom:-4px;width:4px;border-radius:2px;left:calc({center:.1f}% - 2px);background:#D55E00"></div></div>"""


def show(applicant: Applicant) -> Answer:
    """Draw the answer for a profile, and return it."""
    catalog = ui.catalog()
    found = answer(ui.model(), applicant, matched_anywhere(catalog, applicant.applicant_type))
    with st.container(border=True, key="answer"):
        st.markdown(f"**{found.chance.question}** · {found.who}")
        frame.announce("answer", found.sentence)
        if found.estimate:
            _figures(found)
        else:
            _nearest(found, applicant)
        for other in found.also:
            st.markdown(ui.plain(other.told))
            if not other.reason:
                _bar(other)
        _sources(found)
        with st.expander("What it counts, and which other figures it is not"):
            _told(found)
    return found


def _figures(found: Answer) -> None:
    chance = found.chance
    st.markdown(f"## {100 * chance.center:.0f} of 100 :small[range {chance.interval}]")
    _bar(chance)
    ui.small(f"{found.sentence}. {found.basis}")


def _bar(chance: Chance) -> None:
    low, center, high = (100 * share for share in (chance.low, chance.center, chance.high))
    alt = f"{chance.rate}, range {chance.interval}, on a scale from 0 to 100 %"
    st.html(BAR.format(alt=alt, low=low, width=high - low, center=center))


def _nearest(found: Answer, applicant: Applicant) -> None:
    ui.missing(found.chance.reason, "The nearest published facts:")
    facts = nearest_facts(ui.catalog(), applicant.applicant_type, applicant.specialty)
    st.markdown("\n".join(f"- {fact.sentence}" for fact in facts))
    ui.source_line(pd.DataFrame({"source_id": [fact.source_id for fact in facts if fact.source_id]}))


def _sources(found: Answer) -> None:
    if found.source_ids:
        n = found.estimate.base.n if found.estimate else 0
        ui.source_line(pd.DataFrame({"source_id": list(found.source_ids)}), f"{n:,}" if n else None)


def _told(found: Answer) -> None:
    lines = [f"**Counted:** {'; '.join(found.counted)}."]
    if found.not_counted:
        lines.append(
            f"**Not counted:** {'; '.join(found.not_counted)}. No published figure ties it to the outcome."
        )
    lines += [f"**Not to be mixed up with:** {told}" for told in found.beside]
    if estimate := found.estimate:
        fewest, most = estimate.of_hundred
        lines += [
            f"**How sure:** 95 % interval of the rate {found.chance.interval}, 80 % "
            f"{100 * estimate.low80:.0f} to {100 * estimate.high80:.0f} %. Among any 100 such applicants chance "
            f"comes on top: between {fewest} and {most} of them will match. It speaks of a group of such "
            "applicants, not of one person.",
            *estimate.notes,
        ]
    if len(found.also) > 1:
        lines.append(
            "**Either of the two:** no table tells how often those match in one specialty who would not in the "
            "other. The range reaches from “the same strengths decide both” to two lots drawn apart."
        )
    st.markdown("\n".join(f"- :small[{line}]" for line in lines))
    st.page_link(
        ui.PAGES / "method.py", label="How it is made, and how well it did", icon=":material/science:"
    )
