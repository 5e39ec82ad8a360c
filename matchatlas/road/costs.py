"""What the way costs: applications through the published fee tiers, and the applicant's own figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from matchatlas.road.targets import TargetProgram

# What is paid once, by code: (name, for IMGs only).
ITEMS = {
    "step1": ("USMLE Step 1", False),
    "step2_ck": ("USMLE Step 2 CK", False),
    "ecfmg": ("ECFMG certification", True),
    "nrmp": ("NRMP registration and rank order list", False),
    "other": ("Clinical experience, travel, visa and the rest", False),
}
# The printed item of those that have a published fee; the exams cost a U.S. student less than an IMG.
PRINTED = {
    "step1": "USMLE Step 1 examination",
    "step2_ck": "USMLE Step 2 CK examination",
    "ecfmg": "Application for ECFMG Certification",
    "nrmp": "Registration and rank order list",
}
MOST_USD = 1_000_000  # USD, for one figure of the applicant's own


def application_fees(applications: ArrayLike, tiers: pd.DataFrame) -> np.ndarray:
    """Fees in USD for applications to programs of one specialty, each number by itself.

    applications: whole numbers from 0, any shape. tiers: from_program, to_program (missing: and all
    further ones), fee_usd_each: marginal fees, as AAMC publishes them. Raises ValueError for a
    number that is no count, and for tiers that leave a gap or overlap.
    """
    counts = np.asarray(applications, dtype=float)
    if not np.all((counts >= 0) & (counts == np.floor(counts)) & np.isfinite(counts)):
        raise ValueError("a number of applications is a whole number from 0")
    first, last, fee = _checked(tiers)
    paid = np.clip(np.minimum(counts[..., None], last) - first + 1, 0, None)
    return (paid * fee).sum(axis=-1)


def _checked(tiers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = tiers.sort_values("from_program")
    first = rows["from_program"].to_numpy(dtype=float)
    last = rows["to_program"].astype(float).fillna(np.inf).to_numpy()
    if not np.array_equal(first, [1, *(last[:-1] + 1)]) or last[-1] != np.inf:
        raise ValueError(
            "the fee tiers must follow each other from program 1 on, the last without an end: "
            f"they begin at {first.tolist()} and end at {last.tolist()}"
        )
    return first, last, rows["fee_usd_each"].to_numpy(dtype=float)


def plan_fees(plan: Mapping[str, int], tiers: pd.DataFrame) -> float:
    """Application fees in USD of a plan (specialty: applications): tiers begin anew in each."""
    return float(application_fees(list(plan.values()), tiers).sum())


# What is paid once is spent where its milestone is done.
PAID_BY = {"step1": "step1", "step2_ck": "step2_ck", "ecfmg": "certification", "nrmp": "rank_list"}


@dataclass(frozen=True)
class Spending:
    """USD that are spent by what is done, USD to come, and what no figure is given for."""

    spent: float
    to_come: float
    unknown: tuple[str, ...]


def spending(
    programs: Iterable[TargetProgram],
    done: Collection[str],
    own: Mapping[str, int],
    tiers: pd.DataFrame,
    once: pd.DataFrame,
    is_img: bool,
) -> Spending:
    """What the way has cost and will cost: applications to the target list, and what is paid once.

    done: codes of milestones; own: the applicant's own figures by item, which go before published
    ones; tiers: as for `application_fees`; once: as `newest_fees` gives it. A program is applied to
    where it is no longer only considered; an own figure without a milestone is still to come.
    """
    sent: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    for program in programs:
        meant[program.specialty] += 1
        sent[program.specialty] += program.status != "considering"
    spent = plan_fees(sent, tiers)
    to_come, unknown = plan_fees(meant, tiers) - spent, []
    for code, (name, imgs_only) in ITEMS.items():
        if imgs_only and not is_img:
            continue
        usd = own.get(code, once["amount_usd"].get(code))
        if usd is None:
            unknown.append(name)
        elif PAID_BY.get(code) in done:
            spent += float(usd)
        else:
            to_come += float(usd)
    return Spending(spent, to_come, tuple(unknown))


def marginal_fees(most: int, tiers: pd.DataFrame) -> pd.DataFrame:
    """What the n-th application in one specialty adds: application (1 to most), fee_usd."""
    fees = application_fees(np.arange(most + 1), tiers)
    return pd.DataFrame({"application": np.arange(1, most + 1), "fee_usd": np.diff(fees)})


def newest_fees(fees: pd.DataFrame, is_img: bool) -> pd.DataFrame:
    """The newest published fee of each item that is paid once, for an IMG or a U.S. student.

    fees: the published fees (body, item, payer, amount_usd, season_or_year, trust, source_id).
    Returns, by code, item, amount_usd, year (that the fee was published for), trust, source_id.
    """
    payers = ["All", "IMG" if is_img else "US student"]
    rows = fees[fees["item"].isin(PRINTED.values()) & fees["payer"].isin(payers)]
    rows = rows.assign(
        year=rows["season_or_year"].str.extract(r"(\d{4})", expand=False).astype(float),
        code=rows["item"].map({item: code for code, item in PRINTED.items()}),
    ).dropna(subset=["year"])
    newest = rows.sort_values("year").drop_duplicates("code", keep="last").set_index("code")
    newest["year"] = newest["year"].astype(int)
    return newest[["item", "amount_usd", "year", "trust", "source_id"]]


def list_fee(ranks: int, fees: pd.DataFrame) -> float | None:
    """The NRMP's fee in USD for a primary rank order list of so many programs, registration included.

    fees: as for `newest_fees`. None where the newest fees do not tell it, or for no list.
    """
    rows = fees[(fees["body"] == "NRMP") & (fees["payer"] == "All")]
    rows = rows.assign(year=rows["season_or_year"].str.extract(r"(\d{4})", expand=False).astype(float))
    rows = rows.sort_values("year").drop_duplicates("item", keep="last").set_index("item")["amount_usd"]
    each = rows.get("Each program ranked beyond 20")
    if ranks < 1 or each is None or PRINTED["nrmp"] not in rows:
        return None
    bands = rows[rows.index.str.startswith("Length of list")]
    limits = bands.index.to_series().str.extract(r"(\d+) to (\d+)").astype(int).to_numpy()
    longer = [usd for (low, high), usd in zip(limits, bands, strict=True) if low <= ranks <= high]
    return float(rows[PRINTED["nrmp"]] + each * max(ranks - 20, 0) + sum(longer))
