"""Program signals: how many each specialty gives, and what is known of applications sent."""

import streamlit as st

from matchatlas.charts import published
from matchatlas.web import session, ui

catalog = ui.catalog()
st.title("Signals and applications")
applicant = session.profile_bar()
st.markdown(
    "With a signal you tell a program, in your application, that you mean it. You have only a few, "
    "each specialty its own number, and a program sees its own signal and no other. Two tiers, gold "
    "and silver, tell of more and of less interest; most specialties have one."
)

signals = catalog.table("signals")
season = signals["season"].max()
signals = signals[signals["season"] == season]
signals = signals.assign(
    total=signals["gold_or_only_signals"] + signals["silver_signals"].fillna(0).astype(int)
)
own = signals[signals["specialty"] == applicant.specialty]
if own.empty:
    ui.missing(
        f"The signals of {applicant.specialty} in the {season} season are not on this site.",
        "The specialty's own page at the application service has them.",
    )
    title = f"Signals by specialty, {season} season"
else:
    row = own.iloc[0]
    tiers = (
        f"{row['gold_or_only_signals']} gold and {row['silver_signals']} silver signals"
        if row["total"] > row["gold_or_only_signals"]
        else f"{row['gold_or_only_signals']} signals"
        if row["gold_or_only_signals"]
        else "no signals"
    )
    title = f"{applicant.specialty} gives {tiers} in the {season} season"
given = signals[signals["total"] > 0]
ui.chart(
    title,
    "Signals an applicant may send in each specialty, both tiers together. Emergency Medicine uses "
    "ResidencyCAS, all others ERAS.",
    published.ranked_bars(given, "total", "Signals"),
    given,
    alt="Bars: " + "; ".join(f"{r.specialty} {r.total}" for r in given.itertuples()),
    key="signals",
    drill=True,
    level=2,
)
none = signals[signals["total"] == 0]["specialty"].sort_values()
if len(none):
    ui.small(f"Without program signals: {', '.join(none)}.")
notes = own["note"].dropna()
for note in notes:
    ui.small(ui.plain(note) + ".")
st.markdown(
    "- Signal programs you would rank high **and** that can take you: visa, scores, graduation year. "
    "A signal opens no door that a filter has closed.\n"
    "- A program where you did a rotation, or your own school's: read what the specialty advises, "
    "since some ask for a signal there, too, and others do not.\n"
    "- Note on your target list (*Programs*) which program gets which signal."
)
ui.missing(
    "What a signal adds to the chance of an interview or a match is in no publication on this site.",
    "So no estimate here counts them.",
)

st.header("How many applications others sent")
sent = catalog.table("eras_statistics")
means = sent[sent["measure"] == "mean applications per applicant"]
everybody = means[means["specialty"] == "All specialties"].sort_values(["season", "value"])
newest = everybody[everybody["season"] == everybody["season"].max()]
bars = newest.rename(columns={"specialty": "of", "applicant_group": "specialty"})
most = newest.loc[newest["value"].idxmax()]
ui.chart(
    f"In the {most['season']} season {most['applicant_group']} applicants sent "
    f"{most['value']:,.0f} applications on average",
    "Mean number of applications per applicant, all specialties together. A mean over those who "
    "apply, and no advice.",
    published.ranked_bars(bars, "value", "Applications per applicant"),
    newest,
    alt="Bars: " + "; ".join(f"{r.applicant_group} {r.value:,.0f}" for r in newest.itertuples()),
    key="applications-sent",
)
with st.expander("Every figure on applications"):
    st.dataframe(
        sent[["season", "applicant_group", "specialty", "measure", "value", "unit", "as_of", "trust"]],
        hide_index=True,
        column_config={"season": st.column_config.NumberColumn(format="%d")},
    )
    ui.source_line(sent)
