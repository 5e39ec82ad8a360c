"""Method: how the estimate is made, how well it does, and what it cannot say."""

import pandas as pd
import streamlit as st
from scipy import stats

from matchatlas import calibration, odds_charts, ui

catalog, model = ui.catalog(), ui.model()
st.title("Method")
st.markdown(
    """
The estimate starts from how often a group matched and moves it by what is known of the applicant.
It is fitted to published counts and means alone; no individual records are public.

#### 1. The base rate

Each applicant type and specialty has its published counts of matched and not matched. A small
specialty borrows strength from the others: its rate is beta distributed around what specialties like
it show,
"""
)
# One short line each, with room at its end: what is wider than its box scrolls by mouse alone.
st.latex(r"\theta_s \sim \mathrm{Beta}\big(\kappa m_s,\ \kappa(1-m_s)\big)\quad")
st.latex(r"\mathrm{logit}\,m_s = \beta_0 + \beta^\top z_s\quad")
st.markdown(
    """
where *z* are signals published elsewhere: for seniors, how those of their kind who ranked only this
specialty fared; for non-US IMGs, first-choice applicants per position and the share of positions IMGs
fill. *β* and *κ* are fitted by marginal likelihood. Rates also move from Match to Match: how much, and
how fast an old edition loses weight, is fitted on the one panel that repeats over years. So the
interval is wider than chance alone would make it.

**US IMGs** have no outcome table by specialty. Theirs is *derived*: the non-US IMGs' rate, moved by the
gap between the two overall match rates, with the spread between MD and DO seniors' specialties added
as doubt. Earlier US graduates have neither a table nor a stand-in: no estimate.

#### 2. The evidence

Each characteristic adds a term to the log odds,
"""
)
st.latex(r"\mathrm{logit}\,p = \mathrm{logit}\,\theta_s + \frac{\Sigma}{1+(K-1)\rho}\quad")
st.latex(r"\Sigma = {\textstyle\sum_{k=1}^{K}}\, b_{sk}\,\big(g_k(x_k)-\bar g_{sk}\big)\quad")
st.markdown(
    """
centered on the group's average, so that the average applicant gets the base rate back. Where
quartiles are published, matched and not matched are rebuilt from them and *b* is the slope of the
logistic curve between the two; where only means are, it is the slope of two Gaussians of one spread,
(μ₁ − μ₀)/σ², with the spread borrowed and doubted. Slopes are pooled over specialties (random
effects). Where a specialty's means point against all others, the term is dropped: *no gain seen here*.

How the characteristics hang together within matched and within not matched, no table tells. For K
known ones with one correlation *ρ* and equal effects, the exact answer is a factor 1/(1 + (K − 1)ρ);
*ρ* is drawn anew for every draw, between 0 and 0.6, instead of being fixed. That range is an
assumption, and it cannot be tested on these tables.

#### 3. The doubt

Everything above is drawn 2,000 times: base rate, slopes, correlation, what a one-slope curve misses.
The page shows the median and the middle 95 %. Beyond the published range the interval widens and a
note says so. The seed is fixed: the same input gives the same bits.
"""
)


@st.cache_data(max_entries=1, show_spinner="Predicting counts the model has not seen")
def _held_out(build_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The scores by hold-out and applicant type, and every held-out count with its prediction."""
    held_out = calibration.all_held_out(catalog.estimator_tables())
    scores = pd.concat([calibration.score(each) for each in held_out], ignore_index=True)
    scores["gain over a"] = 1 - scores["mae ours"] / scores["mae a"]
    cells = pd.concat(
        [each.cells.assign(holdout=each.name) for each in held_out], ignore_index=True
    )
    cells["predicted"] = stats.beta.median(cells["a"], cells["b"])
    cells["observed"] = cells["matched"] / cells["n"]
    return scores, cells


st.header("How well it does", anchor="calibration")
table, cells = _held_out(catalog.build_id)
st.markdown(
    "Predictions of published counts that were held out. Error: mean absolute error of the rate in "
    "points, weighted by people. Beside it (a) the type's overall match rate and (b) the cell's own "
    "rate in the other editions, which cannot be known for a specialty held out. In 80 % and in "
    "95 %: how many held-out counts fell inside the interval, binomial noise included."
)
st.dataframe(
    table,
    hide_index=True,
    column_config={
        **{name: st.column_config.NumberColumn(format="%.1f") for name in table if name.startswith("mae")},
        **{name: st.column_config.NumberColumn(format="%.3f") for name in table if name.startswith("log")},
        **{name: st.column_config.NumberColumn(format="percent")
           for name in table if name.startswith(("covered", "gain"))},
    },
)  # fmt: skip
name = ui.choose("Held out", cells["holdout"].unique(), "holdout")
shown = cells[cells["holdout"] == name]
mean = (shown["predicted"] - shown["observed"]).abs().mul(shown["n"]).sum() / shown["n"].sum()
ui.chart(
    f"Predicted and published rates differ by {100 * mean:.1f} points on average",
    f"{name.capitalize()}: one mark a held-out count; on the dotted line is perfectly calibrated.",
    odds_charts.reliability(shown),
    shown[["type", "cell", "matched", "n", "predicted", "observed", "source_id"]],
    alt=f"Scatter of predicted against published rates for {len(shown)} held-out counts.",
    key="reliability",
    people=f"{shown['n'].sum():,}",
)

st.header("What it cannot say", anchor="limits")
st.markdown(
    """
- It speaks of groups. Two applicants alike in every figure here differ in what no table holds: their
  letters, their interviews, the person.
- Associations are not effects: more ranks go with matching partly because strong applicants are
  interviewed more. Hence the two views, before and after interviews.
- The signals of the base rate and the scale for ranks were chosen by the hold-outs shown here, so
  these flatter them a little.
- Means of not matched applicants come from those who consented to research.
- Non-US IMG rates rest on one edition; how they move between Matches is taken from U.S. seniors.
- Effects for US IMGs and DO seniors are borrowed (non-US IMGs, MD seniors) and widened.
- Other public calculators tell the shape of their formula or the range of its weights, not the weights
  themselves, so they cannot be scored beside it.
"""
)
st.header("Fitted on", anchor="fitted")
st.dataframe(
    pd.DataFrame({"table": list(model.checksums), "checksum": list(model.checksums.values())}),
    hide_index=True,
)
