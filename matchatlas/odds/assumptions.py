"""What the estimate assumes where no publication tells: the value, where it is from, what it moves, how it was tested.

The values are read from the code that uses them, so that this log cannot say another.
"""

from math import exp

import pandas as pd

from matchatlas.odds.base_rates import DERIVED_FROM
from matchatlas.odds.chance import CORRELATION
from matchatlas.odds.drift import FIRST_GUESS, PERSISTENCE, STEPS, STRAY
from matchatlas.odds.evidence import RANK_KNOTS
from matchatlas.odds.pooling import RIDGE_SD
from matchatlas.odds.terms import SCALE

COLUMNS = ("assumption", "value", "where from", "what it moves", "how it was tested")


def log() -> pd.DataFrame:
    """One row an assumption; columns as COLUMNS."""
    low, high = CORRELATION
    first, second = (round(float(k)) for k in map(exp, RANK_KNOTS))
    rows = [
        (
            "Steps of a rate from Match to Match are a specialty's own, drawn from its applicant type's",
            f"step sizes {STEPS[0]:g} to {STEPS[-1]:g} on asin(sqrt(rate)); first guess {exp(FIRST_GUESS[0]):.3f}",
            "seniors who ranked one specialty only, 2007-2008 and 2020-2025; own counts over several editions",
            "the width of every interval",
            "hold-out (a): each Match of the panel from earlier ones",
        ),
        (
            "Steps add up over years less than independent ones",
            f"each further year keeps {PERSISTENCE:g} of the variance",
            "how far published rates lie apart 1, 2, 3 and 12 to 17 years later",
            "intervals of rates whose last count is old (DO seniors)",
            "hold-out (a), two years ahead",
        ),
        (
            "Part of a year's move is taken back",
            f"{STRAY:g} of a step",
            "chosen on the panel, where it predicts later Matches best",
            "a little: the weight of the last count",
            "error on the panel 2.26 points with it, 2.27 without (U.S. seniors, 2021 to 2023)",
        ),
        (
            "Non-US IMGs' rates move as their overall rate does",
            "one series for all specialties",
            "match rates by applicant type",
            "the width of their intervals",
            "not testable: no specialty's counts repeat",
        ),
        (
            "U.S. IMGs' rates: " + ", ".join(f"{a}s' from {b}s'" for a, b in DERIVED_FROM.items()),
            "overall gap of the two types, moved by matched among all who ranked the specialty",
            "match rates by type; applicants ranking each specialty, 2025",
            "every rate of U.S. IMGs",
            "how well such a contrast predicts, MD and DO seniors show: little, so it weighs little",
        ),
        (
            "Signals of a small specialty's prior are at most modest",
            f"ridge of {RIDGE_SD:g} log odds",
            "convention",
            "specialties with few people",
            "hold-out (b)",
        ),
        (
            "Between the bends the log odds are straight in the logarithm of ranks",
            f"bends at {first} and {second} ranks",
            "the counts of 2007 by number of ranks",
            "the rank curve's shape",
            "hold-out (c), by group of list lengths",
        ),
        (
            "Log odds are straight in the score, below and above the group's mean",
            "one bend, at the mean",
            "the bands of 2020 to 2024 and of 2007",
            "the score curve's shape",
            "hold-outs (c) and (d)",
        ),
        (
            "First guess of how far curves differ between specialties",
            f"{SCALE['step2_ck']:g} (score), {SCALE['contiguous_ranks']:g} (ranks), worth two specialties",
            "convention",
            "how much small specialties borrow",
            "hold-outs (c) and (d)",
        ),
        (
            "A law that adds nothing to the figures published of a group",
            "least relative entropy, on whole numbers",
            "Jaynes 1957",
            "curves where only quartiles, means and spreads are printed",
            "hold-out (c): laws from medians and quartiles against real counts",
        ),
        (
            "MD seniors' rank curve of 2007, stretched by the growth of their lists",
            "1 + (ranks - 1) / growth",
            "impact of the length of the rank order list, 2007 and the newest Match",
            "MD seniors' rank curves",
            "not testable: no newer counts by rank; doubled doubt instead",
        ),
        (
            "Characteristics mirror one common strength, the more the more they tell",
            f"correlation of the two strongest {low:g} to {high:g}, drawn; the estimate uses the middle",
            "nowhere: no table has it",
            "estimates from several characteristics at once",
            "hold-out (e); where all hang together alike, whatever they tell, it loses (see its table)",
        ),
        (
            "How a match in one specialty hangs together with one in a second",
            "drawn between “the same strengths decide both” and two lots drawn apart",
            "nowhere: no table has it",
            "the chance to match in either of two specialties",
            "not testable: nothing is published of people by two specialties",
        ),
        (
            "A field that is not known is as the group has it",
            "its curve is left out",
            "the meaning of a marginal rate",
            "what is told from few fields",
            "hold-out (e)",
        ),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
