"""Method: how the estimate is made, how well it does, and what it cannot say."""

from pathlib import Path

import pandas as pd
import streamlit as st

from matchatlas.charts import odds as odds_charts
from matchatlas.odds import assumptions, calibration
from matchatlas.web import ui

# Made by `python -m benchmarks.calibration --write`: fits by the hundred, minutes of work.
HELD_OUT = Path(calibration.__file__).with_name("held_out.csv")
SYNTHETIC = HELD_OUT.with_name("held_out_synthetic.csv")

catalog, model = ui.catalog(), ui.model()
st.title("Method")
st.markdown(
    """
The estimate starts from how often a group matched and moves it by what is known of the applicant. It
is fitted to published counts and figures alone; no individual records are public.

## 1. Where the group stands

Take everybody of your applicant type who preferred your specialty, and count how many matched. That
count is of one Match, and the next will differ. How far rates move from one Match to the next, the
specialties that are published every year show: a quiet one stays within a point for years, a shaken
one jumps by ten. So each specialty has its own interval, and an old count a wider one than a new one. A
specialty with few people leans on the others of its type.

**U.S. IMGs** have no table of outcomes by specialty. Theirs is *derived*: the non-US IMGs' rate, moved
by the gap between the two types' overall rates and, a little, by how both fared among all who ranked
the specialty. Earlier U.S. graduates have neither a table nor a stand-in: no estimate.

## 2. What your figures add

Among those who matched, more had eight ranks; among those who did not, more had one. How much more,
at each number, says how far that number moves the odds:
"""
)
# Short lines, each with room at its end: what is wider than its box scrolls by mouse alone.
st.latex(r"\mathrm{logit}\,p(x) = \mathrm{logit}\,\theta + e(x)\quad")
st.latex(r"e(x) = \log\frac{\Pr(x \mid \mathrm{matched})}{\Pr(x \mid \mathrm{not})}\quad")
st.markdown(
    """
Where people were counted number by number (2007) or by band (2020 to 2024), the curve is fitted to
those people. Where quartiles, means and spreads are printed, the plainest law that honours all of them
at once stands for the people. The curve of one specialty leans on those of the others, the more the
fewer people it has. Averaged over the group's own people, it gives the group's rate back.

A type that publishes no figures of its own (scores and ranks of DO seniors and of U.S. IMGs) gets no
curve: *not known*, instead of somebody else's. Figures that point the other way than everywhere else
move nothing: *no gain seen here*.

Several figures of one person overlap: who has a long list tends to have a good score too. They are
taken to mirror one common strength, each the more, the more it tells of the outcome. Then what each
one counts beside the others has an exact answer,
"""
)
st.latex(r"w_k = \frac{1}{(1-\lambda_k)\,(1+T)}\quad")
st.latex(r"T = \textstyle\sum_j \frac{\lambda_j}{1-\lambda_j}\quad")
st.markdown(
    """
where λ is the share of a figure's spread that is common strength. One figure alone counts whole, one
that tells nothing changes nothing. How strongly they hang together no table tells: it is drawn anew a
thousand times, from not at all to 0.6 between the two strongest.

## 3. How sure it is

All of it is drawn a thousand times. The interval holds the *rate* that a group of such applicants will
have, with 95 % probability. Of any 100 of them chance decides too, so the number of those who will match
lies in a wider interval, told beside it. Beyond what the figures cover the interval widens and a note
says so; a score that does not pass is refused. The seed is fixed: the same input gives the same bits.
"""
)

st.header("How well it does", anchor="calibration")
cells = pd.read_csv(HELD_OUT)
table = calibration.score(cells)
st.markdown(
    "Published counts were hidden, the model fitted to what was left, and asked. **Error**: how far the "
    "estimate stands off the count, in points, weighted by people (and by cell). Beside it: the group's own "
    "last rate (for bands: its rate with nothing known), and the pooled rate of the same quantity in the other "
    "specialties. **In 80 %, in 95 %**: how often the count fell inside the interval, its own chance "
    "included. **Width** of the 95 % interval of the rate, in points."
)
st.dataframe(
    table[[c for c in table if not c.endswith("by cell") or c.startswith(("in ", "width"))]],
    hide_index=True,
    column_config={
        **{
            c: st.column_config.NumberColumn(format="%.1f") for c in table if c.startswith(("error", "width"))
        },
        **{c: st.column_config.NumberColumn(format="%.3f") for c in table if c.startswith("log")},
        **{c: st.column_config.NumberColumn(format="percent") for c in table if c.startswith("in ")},
    },
)
st.markdown(
    "*Public*: one public calculator prints a weight (medcalc.pro: 0.25 points a score point). Its baselines "
    "are not printed, so it is given the group's true rate. The group of 2007 besides MD seniors is everyone "
    "else together, never IMGs alone."
)
name = ui.choose("Held out", list(calibration.HOLD_OUTS), "holdout")
shown = cells[cells["holdout"] == name]
shown = shown.assign(predicted=shown["estimate"], observed=shown["matched"] / shown["n"])
shown["cell"] = shown["cell"] + ", " + shown["group"].fillna("").astype(str)
off = (shown["predicted"] - shown["observed"]).abs().mul(shown["n"]).sum() / shown["n"].sum()
ui.chart(
    f"Predicted and published rates differ by {100 * off:.1f} points on average",
    f"{name}: one mark a hidden count; on the dotted line is perfectly calibrated.",
    odds_charts.reliability(shown),
    shown[["type", "cell", "matched", "n", "predicted", "observed", "source_id"]],
    alt=f"Scatter of predicted against published rates for {len(shown)} hidden counts.",
    key="reliability",
    people=f"{shown['n'].sum():,.0f}",
)
st.markdown(
    "**By length of list**, counts of 2007: how far the estimate stands off, in points, over all people with "
    "such lists."
)
st.dataframe(
    calibration.rank_bias(cells),
    hide_index=True,
    column_config={"bias": st.column_config.NumberColumn(format="%.1f")},
)
st.markdown(
    "**Several figures at once**, on made-up non-US IMGs whose truth is known: drawn from the published figures, "
    "hanging together through a common strength as the method assumes, or all alike, whatever they tell. Log loss "
    "should fall as more is known; the largest rise that one more figure brought stands last. Where all hang "
    "together alike the method loses a little: that is what its assumption costs if it is wrong."
)
st.dataframe(
    pd.read_csv(SYNTHETIC),
    hide_index=True,
    column_config={
        c: st.column_config.NumberColumn(format="%.4f")
        for c in ("nothing known", "all known", "largest rise")
    },
)

st.header("What is assumed", anchor="assumptions")
st.markdown("Where no publication tells: the value, where it is from, what it moves, how it was tested.")
st.dataframe(assumptions.log(), hide_index=True)

st.header("What it cannot say", anchor="limits")
st.markdown(
    """
- It speaks of groups. Two applicants alike in every figure here differ in what no table holds: their
  letters, their interviews, the person.
- Associations are not effects: more ranks go with matching partly because strong applicants are
  interviewed more. Hence the same profile without its list is told beside the chance.
- How odds bend with the length of the list was last counted in 2007. For MD seniors that curve is
  stretched by how much their lists have grown; for non-US IMGs the figures of 2026 move it.
- Most counts and figures cover applicants who consented to research.
- Non-US IMG rates rest on one edition; how they move between Matches is taken from their overall rate.
- A specialty whose outcomes are published nowhere has no estimate.
"""
)
st.header("Fitted on", anchor="fitted")
misses = [
    {"applicant type": kind, "specialty": specialty, "measure": measure, "figures": ", ".join(term.misses)}
    for (kind, specialty, measure), term in sorted(model.terms.items())
    if term.misses
]
if misses:
    st.markdown("Figures that no law honours together with the others printed of the same group:")
    st.dataframe(pd.DataFrame(misses), hide_index=True)
st.dataframe(
    pd.DataFrame({"table": list(model.checksums), "checksum": list(model.checksums.values())}),
    hide_index=True,
)
