"""Data: whose figures these are, how fresh, how checked, and where to get them."""

from functools import partial

import streamlit as st

from matchatlas.web import ui
from matchatlas.web.handover import file_button

catalog = ui.catalog()
st.title("Data")
st.markdown(
    f"Build **{catalog.build_id}** of {catalog.built_at:%d %B %Y, %H:%M UTC}. "
    "Every row of every table names its publication."
)

st.header("Whose figures these are", anchor="rights")
sources = catalog.sources()
owners = sources.drop_duplicates("publisher")
st.markdown("\n".join(f"- [{row.name}]({row.url}): {row.rights}" for row in owners.itertuples(index=False)))
st.markdown(
    "Match Atlas is not affiliated with, nor endorsed by, any of them. It ships single figures, "
    "sums and summary tables, each with its source, and no whole detailed report that a "
    "publisher sells or restricts. Whoever holds a copy of such a report can import it for their "
    "own use; it then stays on their machine."
)

st.header("The guide, checked", anchor="guide")
st.markdown("What the guide says, beside what the tables hold.")
claims = catalog.guide_claims().merge(sources[["source_id", "title"]], on="source_id", how="left")
VERDICT_COLORS = {"agrees": "green", "agrees in part": "blue", "see figures": "blue"}
for claim in claims.fillna("").itertuples():
    color = VERDICT_COLORS.get(claim.verdict, "orange" if claim.published else "gray")
    found = f" **Published:** {ui.plain(claim.published)}." if claim.published else ""
    st.markdown(
        f"**{ui.plain(claim.claim)}** :{color}-badge[{ui.plain(claim.verdict)}]  \n"
        f"**The guide:** {ui.plain(claim.said)}.{found}"
        + (f"  \n:small[{ui.plain(claim.title)}]" if claim.title else "")
    )

st.header("Coverage", anchor="coverage")
coverage = catalog.coverage()
st.markdown("Rows by table and year; an empty cell is a year that has not been added.")
st.dataframe(
    coverage.pivot(index="table_name", columns="year", values="rows")
    .astype("Int64")
    .rename(columns=str)
    .rename_axis("Table"),
    height="content",
    placeholder="",
)

st.header("Checks", anchor="checks")
files = catalog.input_files()
totals = catalog.check_totals()
st.markdown(
    f"{files['rows'].sum():,} rows of {len(files)} files passed every rule of their contracts; "
    f"{len(totals)} sums over rows agree with published totals."
)
with st.expander("Files, rows and rules"):
    st.dataframe(files[["publisher", "title", "file", "rows", "rules", "notes", "sha256"]], hide_index=True)
with st.expander("Sums beside published totals"):
    st.dataframe(totals, hide_index=True)

corrected = catalog.table("correction")
if len(corrected):
    with st.expander(f"{len(corrected)} figures of a source that are corrected"):
        st.dataframe(corrected, hide_index=True)

changes = catalog.differences()
if changes.empty:
    ui.small("No other build is kept that this one could differ from, or no row differs.")
else:
    kinds = changes["kind"].value_counts()
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    with st.expander(f"Rows that differ from build {changes['former_build_id'].iloc[0]}: {told}"):
        st.dataframe(changes.drop(columns="former_build_id").head(2000), hide_index=True)

st.header("Where a figure came from", anchor="why")
left, right = st.columns([3, 1])
names = [
    *catalog.specialties()["specialty"],
    *catalog.applicant_types()["applicant_type"],
    *catalog.states()["state"].unique(),
]
with left:
    about = ui.choose("About", names, "about", default="Internal Medicine")
with right:
    years = sorted(coverage["year"].unique(), reverse=True)
    year = ui.choose("Year", years, "about_year", default=years[0])
rows = catalog.why(about, int(year))
if rows.empty:
    st.markdown(f"No table has a row about {about} in {year}.")
else:
    st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "figures": st.column_config.JsonColumn("figures", width="large"),
            "sha256": "sha256 of the file (begin)",
        },
    )

st.header("Sources", anchor="sources")
with st.expander(f"All {len(sources)} publications"):
    st.dataframe(
        sources[["publisher", "year", "title", "read_from", "sha256", "source_id"]].sort_values(
            ["publisher", "year"], ascending=[True, False]
        ),
        hide_index=True,
        column_config={"read_from": "Transcribed from", "sha256": "sha256 of the publisher's file"},
    )

st.header("Download", anchor="download")
tables = [name for name in catalog.tables()["table_name"] if name not in ("build", "difference")]
name = ui.choose("Table", tables, "table", default="applicants")
table = catalog.table(name)
described = catalog.marts().set_index("mart").loc[name]
columns = catalog.columns(name)
st.markdown(f"**{described['title']}**: {described['grain']}. Key: {described['key'].replace('_', ' ')}.")
st.dataframe(
    table.head(200),
    hide_index=True,
    column_config={
        row.column: st.column_config.Column(help=f"{row.title}: {row.meaning} ({row.unit})")
        for row in columns.itertuples()
    },
)
with st.expander(f"What its {len(columns)} columns mean"):
    st.dataframe(columns, hide_index=True, height="content")
file_button(
    f"{name}.csv ({len(table):,} rows)",
    partial(ui.to_csv, table),
    f"match-atlas-{name}.csv",
    "text/csv",
    "table csv",
)
st.download_button(
    "Every table (ZIP of CSV, with datapackage.json)",
    catalog.everything,
    file_name=f"match-atlas-{catalog.build_id}.zip",
    mime="application/zip",
    icon=":material/download:",
    on_click="ignore",
)
