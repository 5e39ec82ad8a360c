"""What-if: the estimate for one applicant, its doubt, its reasons, and what would move it."""

import pandas as pd
import streamlit as st

from matchatlas.applicant import Applicant
from matchatlas.charts import odds as odds_charts
from matchatlas.charts import published, style
from matchatlas.odds.estimator import LABELS, Estimate, NoEstimate
from matchatlas.odds.what_if import over_specialties, published_bands
from matchatlas.road.roadmap import certification_warning
from matchatlas.web import address, answer_card, session, ui

catalog, model = ui.catalog(), ui.model()
st.title("What-if")


@st.fragment
def scenarios(applicant: Applicant, estimate: Estimate) -> None:
    """The profile beside a variant of it; a change here reruns nothing else."""
    st.header("Two scenarios side by side")
    left, right = st.columns(2)
    with left:
        other_ck = ui.number("Step 2 CK in the other scenario", "ck2", 1, 300, bind=None)
        other_ranks = ui.number("Contiguous ranks in the other scenario", "ranks2", 1, 300, bind=None)
    with right:
        others = ["the same", *model.specialties(applicant.applicant_type)]
        other_specialty = ui.choose("Specialty in the other scenario", others, "specialty2", bind=None)
    address.write(address.WHAT_IF, key="address-tried")
    changes = {"step2_ck": other_ck, "contiguous_ranks": other_ranks}
    changes = {name: value for name, value in changes.items() if value is not None}
    if other_specialty != "the same":
        changes["specialty"] = other_specialty
    if changes:
        try:
            other = model.estimate(applicant.model_copy(update=changes))
        except NoEstimate as reason:
            ui.missing(str(reason), "Change the other scenario.")
            return
        points, low, high = other.minus(estimate)
        rows = [
            ("This profile", f"{estimate.center:.0%}", f"range {estimate.low:.0%} to {estimate.high:.0%}"),
            ("The other scenario", f"{other.center:.0%}", f"range {other.low:.0%} to {other.high:.0%}"),
            ("Difference", f"{points:+.0f} points", f"between {low:+.0f} and {high:+.0f}"),
        ]
        for cell, (label, figure, span) in ui.grid(3, rows):
            cell.metric(label, figure, span, delta_color="off", delta_arrow="off", border=True)


# The answer first: on a phone the form stands under it.
results, inputs = st.columns([3, 2], gap="large")
with results:
    found = answer_card.show(session.applicant())
with inputs, st.container(key="profile"):
    session.file_controls()
    applicant = session.profile_inputs()
applicant_type, specialty = applicant.applicant_type, applicant.specialty
estimate = found.estimate
if estimate is None:
    st.stop()

base = estimate.base
warning = certification_warning(applicant, catalog.calendar())
if warning:
    st.warning(warning, icon=":material/event_busy:")

if estimate.contributions:
    steps = [(LABELS[name], points) for name, points in estimate.contributions]
    largest = max(steps, key=lambda step: abs(step[1]))
    ui.chart(
        f"{largest[0]} moves this estimate most: {largest[1]:+.1f} points",
        "From the base rate of the group to the estimate, in percentage points. These are "
        "associations in published groups, not effects of a cause.",
        odds_charts.waterfall(100 * base.center, steps, 100 * estimate.center),
        pd.DataFrame(steps, columns=["characteristic", "points"]).assign(source_id=estimate.source_ids[0]),
        alt="Waterfall: base rate "
        f"{100 * base.center:.0f} percent, "
        + ", ".join(f"{name} {points:+.1f} points" for name, points in steps)
        + f", estimate {100 * estimate.center:.0f} percent.",
        key="waterfall",
    )

CURVES = {"step2_ck": range(220, 281, 5), "contiguous_ranks": range(1, 21)}
lines = model.curves(applicant, CURVES)
if len(lines):
    st.header("Along one characteristic")
for column, (name, line) in ui.grid(2, list(lines.groupby("field", sort=False))):
    term = model.term(applicant_type, specialty, name)
    value = getattr(applicant, name)
    ends = line.iloc[0], line.iloc[-1]
    told = "Estimate for this profile along the characteristic, with its 95 % interval."
    if name == "contiguous_ranks":
        told += (
            " Ranks are partly an outcome of how strong an applicant is: more interviews give a longer list."
        )
    dots = published_bands(catalog, applicant_type, specialty, name)
    if len(dots):
        told += (
            " Diamonds: counted by band, "
            f"{dots['edition'].iloc[0].removesuffix(' pooled').replace('-', ' to ')}."
        )
    with column:
        ui.chart(
            f"{LABELS[name]}: from {ends[0]['center']:.0%} at {ends[0]['value']:.0f} to "
            f"{ends[1]['center']:.0%} at {ends[1]['value']:.0f}"
            if term.gain
            else f"{LABELS[name]}: no gain seen here",
            told,
            odds_charts.curve(line, LABELS[name], (value, estimate.center) if value else None, dots),
            line.assign(source_id=term.source_ids[0]),
            alt=f"Curve of the estimate over {LABELS[name]}, from {ends[0]['center']:.0%} to "
            f"{ends[1]['center']:.0%}.",
            key=f"curve-{name}",
            people=f"{term.n:,}" if term.n else None,
        )

moves = model.what_would_move_most(applicant)
if moves:
    st.header("What would move it most, of what is still open")
    for name, value, (points, low, high) in moves:
        st.markdown(f"- **{LABELS[name]} {value}**: {points:+.0f} points, between {low:+.0f} and {high:+.0f}")

st.header("The same profile before interviews, over all specialties")
ranked = over_specialties(model, applicant)
best = ranked.sort_values("rate").iloc[-1]
ui.chart(
    f"{best['specialty']} has the highest estimate before interviews: {best['rate']:.0%}",
    "Estimate for this profile in each specialty that can be estimated, with 95 % intervals, all "
    "before interviews: the list of one specialty says nothing of another. Star: your specialty. n is "
    "the published count behind the base rate.",
    published.ranked_rates(ranked, style.TYPE_COLORS[applicant_type], specialty),
    ranked,
    alt=f"Ranked dots with intervals for {len(ranked)} specialties; highest "
    f"{best['specialty']} {best['rate']:.0%}.",
    key="all-specialties",
    drill=True,
)

scenarios(applicant, estimate)

st.header("What is not in the number, and why")
st.markdown(
    "No table here tells how often applicants matched by visa need, years since graduation, a "
    "failed or repeated attempt, U.S. clinical experience, letters, signals, away rotations, number "
    "of applications, applying to two specialties, or as a couple. So none of these moves the "
    "estimate. What studies found stands beside it, each with whom it speaks of:"
)
effects = catalog.table("published_effects")
st.dataframe(
    effects[["factor", "population", "setting", "sample_size", "effect_measure", "effect", "ci95"]],
    hide_index=True,
)
ui.source_line(effects)
survey = catalog.program_directors()
survey = survey[survey["specialty"] == "All specialties"]
survey = survey[survey["survey_year"] == survey["survey_year"].max()]
st.markdown("What program directors say they look at:")
st.dataframe(
    survey[["factor", "measure", "value", "unit", "survey_year"]],
    hide_index=True,
    column_config={"survey_year": st.column_config.NumberColumn("Survey", format="%d")},
)
ui.source_line(survey)
