"""What is published of certification and visas, for international medical graduates."""

import pandas as pd
import streamlit as st

from matchatlas.charts import published
from matchatlas.web import ui

PROGRAMS = "Internal Medicine programs"
CENTRE = "Step 1 examinees at the Nepal centre"


def certification() -> None:
    """The Pathways of ECFMG, and its figures."""
    st.subheader("Certification: Pathways and figures", anchor="certification-facts")
    pathways = ui.catalog().table("ecfmg_pathways")
    st.markdown(
        "Who may use which ECFMG Pathway, as far as it was read; seasons differ, so read ECFMG's page of yours."
    )
    st.dataframe(
        pathways[["pathway", "pathways_season", "who", "requirement"]],
        hide_index=True,
        height="content",
        placeholder="",
        column_config={"pathways_season": "season"},
    )
    ui.source_line(pathways)
    facts = ui.catalog().table("certification_facts")
    centre = facts[facts["measure"] == CENTRE].sort_values("period")
    first, last = centre.iloc[0], centre.iloc[-1]
    lost = facts[facts["measure"].str.contains("invalidated")].iloc[0]
    ui.chart(
        f"Step 1 examinees in Nepal rose from {first['value']:.0f} ({first['period']}) to {last['value']:.0f} "
        f"({last['period']}); the results of {lost['value']:.0f} were then taken back",
        f"People examined a year; passing results declared invalid in {lost['period']}: of {lost['note']}.",
        _bars(centre.assign(named=centre["period"]), "Step 1 examinees"),
        pd.concat([centre, lost.to_frame().T]),
        alt="Bars: " + "; ".join(f"{row.period} {row.value:.0f}" for row in centre.itertuples()),
        key="certification-centre",
        people=f"{centre['value'].sum():,.0f} examined in these years",
    )
    _listed(facts[~facts["measure"].isin([CENTRE, lost["measure"]])], ["measure"])


def visas() -> None:
    """What programs sponsor, and the rules that were read."""
    st.subheader("Visas: what programs sponsor, and the rules", anchor="visas")
    facts = ui.catalog().table("visa_facts")
    programs = facts[facts["subject"] == PROGRAMS]
    shares = programs[programs["unit"] == "percent"]
    studied = programs[programs["unit"] == "programs"].iloc[0]
    most = shares.iloc[shares["value"].argmax()]
    accepting = shares[shares["measure"].str.contains("report accepting")].iloc[0]
    ui.chart(
        f"{accepting['value']:.0f} of 100 internal medicine programs said that they accept the J-1",
        f"Programs in FREIDA, {most['period']}, in percent; a bar “of those accepting J-1” is of these alone. "
        "What a program says there may have changed: ask it.",
        _bars(shares.assign(named=shares["measure"]), "Programs (%)"),
        programs,
        alt="Bars: " + "; ".join(f"{row.measure} {row.value:.1f} percent" for row in shares.itertuples()),
        key="visa-programs",
        people=f"{studied['value']:.0f} programs",
    )
    _listed(facts[facts["subject"] != PROGRAMS], ["subject", "measure"])
    ui.small("No legal advice: rules change within weeks, and each holds for its own date.")


def _bars(rows: pd.DataFrame, label: str):
    return published.ranked_bars(rows.assign(specialty=rows["named"]), "value", label)


def _listed(facts: pd.DataFrame, named: list[str]) -> None:
    """Figures of many kinds, a line each, with what is to know of each."""
    lines = []
    for row in facts.to_dict("records"):
        value = "" if pd.isna(row["value"]) else f": **{row['value']:,.10g} {ui.plain(row['unit'] or '')}**"
        period = "" if row["period"] == "all" else f" ({ui.plain(row['period'])})"
        note = "" if pd.isna(row["note"]) else f"; {ui.plain(row['note'])}"
        lines.append(f"- {': '.join(ui.plain(row[name]) for name in named)}{value}{period}{note}")
    st.markdown("\n".join(lines))
    ui.source_line(facts)
