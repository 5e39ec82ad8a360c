"""Competitiveness: what those who matched had, and those who did not."""

import streamlit as st

from matchatlas.charts import published
from matchatlas.odds.measures import MEASURES
from matchatlas.web import ui

GUIDE_SCORES = (245, 250, 255, 260)

catalog = ui.catalog()
st.title("Competitiveness")
characteristics = catalog.characteristics()
left, right = st.columns(2)
with left:
    applicant_type = ui.choose_applicant_type()
of_type = characteristics[characteristics["applicant_type"] == applicant_type]
if of_type.empty:
    have = ", ".join(f"{name}s" for name in characteristics["applicant_type"].unique())
    ui.missing(
        f"No characteristics of matched and unmatched {applicant_type}s are in the tables.",
        f"They are there for {have}.",
    )
    st.stop()
with right:
    codes = {name: code for code, (name, _) in MEASURES.items() if (of_type["measure"] == code).any()}
    code = codes[ui.choose("Characteristic", list(codes), "characteristic")]
label = MEASURES[code][1]
rows = of_type[(of_type["measure"] == code) & of_type["mean"].notna()]
edition = rows["edition"].max()
rows = rows[rows["edition"] == edition]
pairs = rows.pivot(index="specialty", columns="outcome", values=["mean", "n"]).dropna()
pairs.columns = [outcome if kind == "mean" else f"n_{outcome}" for kind, outcome in pairs.columns]
pairs = pairs.reset_index().assign(source_id=rows["source_id"].iloc[0])
higher = pairs[pairs["not_matched"] > pairs["matched"]]
is_step2 = code == "step2_ck"
ui.chart(
    f"{len(pairs) - len(higher)} of {len(pairs)} specialties: those who matched had the higher mean",
    f"{label.replace(' (mean)', '')}: means of matched and not matched {applicant_type}s who "
    f"consented to research, {edition}."
    + (" Dotted: the scores the guide advises (245 and 250, 255 and 260)." if is_step2 else ""),
    published.dumbbell(pairs, label, GUIDE_SCORES if is_step2 else ()),
    pairs,
    alt="Pairs of dots, matched and not matched, for "
    + "; ".join(f"{p.specialty} {p.matched:g} against {p.not_matched:g}" for p in pairs.itertuples()),
    key="characteristics",
    people=f"{pairs['n_matched'].sum():,.0f} matched, {pairs['n_not_matched'].sum():,.0f} not",
    drill=True,
    level=2,
)
if len(higher):
    st.markdown(
        f"No gain seen here: in {', '.join(higher['specialty'])} those who did **not** match had "
        "the higher mean."
    )
if is_step2:
    for score in GUIDE_SCORES:
        reached = pairs.loc[pairs["matched"] >= score, "specialty"].tolist()
        st.markdown(
            f"**{score}**: the mean of those who matched reaches it in {len(reached)} of {len(pairs)} "
            f"specialties{': ' + ', '.join(reached) if 0 < len(reached) <= 6 else ''}."
        )
told = of_type["specialty"].unique()
lacking = sorted(set(told) - set(pairs["specialty"]))
if lacking:
    ui.small(f"Not published for few people: {', '.join(lacking)}.")
with st.expander("The figures as a table"):
    st.dataframe(
        rows[["specialty", "outcome", "n", "min", "q1", "median", "q3", "max", "mean", "sd"]].dropna(
            axis=1, how="all"
        ),
        hide_index=True,
    )
