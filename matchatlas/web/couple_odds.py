"""The odds of a couple's pairs on the page: run through simulated Matches, beside the published rates."""

import pandas as pd
import streamlit as st

from matchatlas.charts import rank_list as rank_charts
from matchatlas.matching.couple_lab import OUTCOMES, CoupleAnswer, CoupleQuestion, ask_couple
from matchatlas.matching.entrants import Question
from matchatlas.matching.lab import LONGEST
from matchatlas.matching.market import UNMATCHED
from matchatlas.matching.pair_list import Pair
from matchatlas.plan import RankLists
from matchatlas.road.targets import NO_MATCH
from matchatlas.web import rank_lab, rank_order, session, ui

ANSWER = "rank_couple_answer"
SHOWN = 30  # pairs with a chance, in the table


def show(listed: list[Pair], own: RankLists, theirs: RankLists) -> None:
    """Run the pairs through simulated Matches, and tell what came of them."""
    own_type, their_type = session.applicant().applicant_type, rank_order.partner().applicant_type
    participants, job = rank_lab.opening()
    left, right = st.columns(2)
    with left:
        stand = rank_lab.stand(f"{own_type}s", "stand")
    with right:
        their_stand = rank_lab.stand(f"Your partner: {their_type}s", "stand2")
    markets = rank_lab.markets()
    ui.small(
        "How each of you does at a program is drawn apart: that programs may judge a couple together is "
        "not in it. A program that both of you list by the same name is one program."
    )
    rank_lab.assumptions()
    question = _question(listed, (own, own_type, stand), (theirs, their_type, their_stand), markets)
    if len(question.pairs) < len(listed):
        ui.small(f"Run are the pairs of the first {LONGEST} programs of each list.")
    asked, answer = rank_lab.run(question, ask_couple, job, ANSWER, "the odds of your pairs")
    _tell(asked, answer, participants.source_ids[0])


def _question(listed, own, theirs, markets: int) -> CoupleQuestion:
    one_side, other_side = sides = [
        Question(lists.ranked[:LONGEST], applicant_type, stand, markets, rank_order.supplemental(lists))
        for lists, applicant_type, stand in (own, theirs)
    ]
    at = [
        {NO_MATCH: UNMATCHED} | {program.label: place for place, program in enumerate(side.programs)}
        for side in sides
    ]
    known = [pair for pair in listed if pair[0] in at[0] and pair[1] in at[1]]
    return CoupleQuestion(one_side, other_side, tuple((at[0][one], at[1][other]) for one, other in known))


def _tell(asked: CoupleQuestion, answer: CoupleAnswer, source_id: str) -> None:
    markets = asked.own.markets
    bars, published = _bars(answer, source_id)
    both, one, neither = (round(rate * markets) for rate in answer.outcomes()["rate"])
    ui.chart(
        f"Both matched in {both} of {markets} simulated Matches, one in {one}, neither in {neither}",
        "Share of simulated Matches in which both of you match, one or neither, as a couple and had each "
        "ranked the own list alone, with the 95 % interval that is due to drawing a number of them only; and "
        "of all couples of a Match, as published.",
        rank_charts.couple_outcomes(bars),
        bars,
        alt="Bars: " + ", ".join(f"{row.series}, {row.outcome} {row.rate:.0%}" for row in bars.itertuples()),
        key="couple-odds",
        people=f"{markets} simulated Matches" + published,
    )
    you, partner = (int((answer.matched[side] & ~answer.matched[1 - side]).sum()) for side in (0, 1))
    ui.small(
        f"You alone matched in {you}, your partner alone in {partner}. {int(answer.stable.sum())} of {markets} "
        "matchings are stable: nobody, and no couple, would rather have another place that would rather have "
        "them. With couples there may be no such matching."
    )
    for who, side, question in (("You", 0, asked.own), ("Your partner", 1, asked.partner)):
        if any(program.position_type == "advanced" for program in question.programs):
            st.markdown(
                f"{who} matched to an advanced position and to no first year for it in "
                f"{int(answer.without_year[side].sum())} of {markets}."
            )
    _newer_rate()
    shares = answer.by_pair(len(asked.pairs))
    names = [[program.label for program in side.programs] for side in (asked.own, asked.partner)]
    rows = pd.DataFrame(
        {
            "Pair": range(1, len(shares) + 1),
            "Matches": shares,
            "You": [names[0][one] if one != UNMATCHED else "no match" for one, _ in asked.pairs],
            "Your partner": [names[1][two] if two != UNMATCHED else "no match" for _, two in asked.pairs],
        }
    )
    rows = rows[shares > 0]
    st.markdown(f"**The {len(rows)} pairs at which the Matches ended**")
    st.dataframe(
        rows.head(SHOWN),
        hide_index=True,
        column_config={
            "Pair": st.column_config.NumberColumn(width=50),
            "Matches": st.column_config.NumberColumn("Ended there", format="percent", width=90),
        },
    )


def _bars(answer: CoupleAnswer, source_id: str) -> tuple[pd.DataFrame, str]:
    """The bars of the chart, and what the published ones count; source_id: of the simulated ones."""
    parts = [
        answer.outcomes().assign(series="Your pairs, simulated", source_id=source_id),
        answer.singly().assign(series="Each alone, simulated", source_id=source_id),
    ]
    couples = ui.catalog().table("couples").sort_values("match_year").tail(1)
    for row in couples.itertuples():
        counts = [row.both_matched, row.one_matched, row.neither_matched]
        parts.append(
            pd.DataFrame({"outcome": OUTCOMES, "rate": [count / row.couples for count in counts]}).assign(
                series=f"All couples, {row.match_year}", source_id=row.source_id
            )
        )
    counted = "".join(f"; {row.couples:,} couples of {row.match_year}" for row in couples.itertuples())
    return pd.concat(parts, ignore_index=True), counted


def _newer_rate() -> None:
    """The last published match rate of couples, of which both, one and neither are not told."""
    rows = ui.catalog().table("match_by_the_numbers")
    rows = rows[rows["measure"] == "Couples match rate"]
    rate = rows.sort_values("match_year").tail(1)
    for row in rate.itertuples():
        st.markdown(f"In {row.match_year}, {row.value:.1f} % of the people in couples matched.")
        ui.source_line(rate)
