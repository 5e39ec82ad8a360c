"""IMG-friendly: where IMGs train, and where IMGs who try also match. Not the same thing."""

import streamlit as st

from matchatlas.charts import published
from matchatlas.odds.friendliness import GUIDE_LIST, verdicts
from matchatlas.web import ui

catalog = ui.catalog()
st.title("IMG-friendly specialties")
rows, overall_share, overall_rate = verdicts(catalog.img_friendliness())
complete = rows.dropna(subset=["img_share", "rate"])
best = complete.sort_values("non_us_share").iloc[-1]
luckiest = complete[complete["total"] >= 30].sort_values("rate").iloc[-1]
fills_year, rate_year = int(complete["fills_year"].max()), int(complete["rate_year"].max())

ui.chart(
    f"Non-US IMGs fill the largest share in {best['specialty']}; those who prefer "
    f"{luckiest['specialty']} match most often",
    f"Across: share of positions filled by non-US IMGs, {fills_year}, all levels, "
    "categorical and preliminary together; it is no match rate, for few may have applied. "
    f"Up: match rate of non-US IMGs in their preferred specialty, {rate_year}, with 95 % "
    "intervals. Dotted: the same over all specialties.",
    published.friendliness(complete, overall_share, overall_rate),
    complete,
    alt=f"Scatter of {len(complete)} specialties. {best['specialty']}: non-US IMGs fill "
    f"{best['non_us_share']:.0%}; {luckiest['specialty']}: {luckiest['rate']:.0%} of non-US IMGs match.",
    key="img-friendliness",
    people=f"{complete['total'].sum():,.0f} non-US IMGs",
    drill=True,
    level=2,
)

st.header("In plain words", anchor="verdicts")
order = ["Share of positions", "Match rate"]
by = ui.choose("Ranked by", order, "by")
ranked = complete.sort_values("non_us_share" if by == order[0] else "rate", ascending=False)
for row in ranked.itertuples():
    star = " :red-badge[named by the guide]" if row.guide else ""
    small = " Few people: a small change moves this rate a lot." if row.total < 30 else ""
    st.markdown(
        f"**{row.specialty}**: {row.verdict}{star}  \n"
        f":small[Non-US IMGs filled {row.non_us_filled:,.0f} of {row.filled_total:,.0f} positions "
        f"({row.non_us_share:.0%}), US IMGs {row.us_filled:,.0f} "
        f"({row.us_filled / row.filled_total:.0%}); {row.matched:,.0f} of {row.total:,.0f} non-US IMGs matched "
        f"({row.rate:.0%}, between {row.low:.0%} and {row.high:.0%}).{small}]"
    )

st.header("The guide's list, checked", anchor="guide-list")
overall_share = rows["img_filled"].sum() / rows["filled_total"].sum()
named = complete[complete["guide"]].sort_values("img_share", ascending=False)
above = named[named["img_share"] > overall_share]["specialty"].tolist()
st.markdown(
    f"The guide names {', '.join(GUIDE_LIST)}, for IMGs of both kinds. Over all specialties they filled {overall_share:.0%} "
    f"of the positions; above that: {', '.join(above)}."
)
missed = complete[
    ~complete["guide"] & (complete["img_share"] > overall_share) & (complete["total"] >= 30)
].sort_values("img_share", ascending=False)
st.markdown(f"Above it too, and not on the guide's list: {', '.join(missed['specialty'])}.")

st.header("Residents on duty (AAMC)", anchor="residents")
residents = catalog.residents()
with_imgs = residents[residents["resident_group"].str.startswith("IMG")]
lacking = residents.loc[~residents["specialty"].isin(with_imgs["specialty"]), "specialty"].unique()
for specialty, group in residents[residents["specialty"].isin(with_imgs["specialty"])].groupby("specialty"):
    imgs = group.loc[group["resident_group"].str.startswith("IMG"), "residents"].sum()
    st.markdown(
        f"**{specialty}**, {group['year'].iloc[0]}: {imgs:,} of {group['residents'].sum():,} active "
        f"residents were IMGs ({imgs / group['residents'].sum():.0%})."
    )
ui.source_line(with_imgs)
if len(lacking):
    ui.missing(
        f"IMGs among the residents of {len(lacking)} more specialties are not on this site.",
        "AAMC's Report on Residents, Table B3, has them.",
    )
