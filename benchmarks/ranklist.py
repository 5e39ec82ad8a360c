"""The Match engine's time and memory, beside the `matching` package and over 200 national markets.

`python -m benchmarks.ranklist` prints them; `--markets 0` leaves the 200 markets out.
"""

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
from matching.games import HospitalResident
from rich.progress import track

from etl.build import ensure
from etl.paths import Paths
from matchatlas.catalog import open_catalog
from matchatlas.estimator import fit
from matchatlas.market import Couple, Market, from_lists
from matchatlas.participants import count_participants
from matchatlas.ranklist import solve
from matchatlas.simulated_market import Participants, calibrate, draw, rates

SHARED = 0.5
SIZES = (50, 100, 200, 400, 800)
COUPLES, PAIRS_EACH, REVERSIONS = 1200, 60, 100  # invented: a load to carry, no published counts


def best(action, times: int = 5) -> float:
    """Seconds of the fastest of several runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    return min(found)


def peak_memory() -> float:
    """The process's largest memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def loaded(market: Market, stream: np.random.Generator) -> Market:
    """The market with couples made of its applicants, and with reversions among its programs."""
    listed = np.flatnonzero(np.diff(market.start))
    members = stream.choice(listed, 2 * COUPLES, replace=False).reshape(-1, 2)
    couples = [_couple(market, *pair) for pair in members.tolist()]
    kept = ~np.isin(market.owner, members)
    start = np.searchsorted(market.owner[kept], np.arange(market.applicants + 1))
    donors, receivers = stream.permutation(len(market.quotas))[: 2 * REVERSIONS].reshape(2, -1)
    return replace(market, start=start, program=market.program[kept],
                   standing=market.standing[kept], couples=tuple(couples),
                   reversions=tuple(zip(donors.tolist(), receivers.tolist(), strict=True)))  # fmt: skip


def _couple(market: Market, one: int, other: int) -> Couple:
    lists = [range(market.start[a], market.start[a + 1]) for a in (one, other)]
    # Pairs by the sum of the two places.
    entries = sorted(product(*lists), key=sum)[:PAIRS_EACH]
    return Couple((one, other), market.program[np.array(entries)],
                  market.standing[np.array(entries)])  # fmt: skip


def random_lists(size: int, stream: np.random.Generator):
    """Residents' and programs' lists: ten residents a program, five programs a list."""
    programs = max(5, size // 10)
    residents = [stream.permutation(programs)[:5].tolist() for _ in range(size)]
    ranked_by = [[r for r in range(size) if p in residents[r]] for p in range(programs)]
    return residents, [stream.permutation(ranked).tolist() for ranked in ranked_by]


def against_matching() -> None:
    """Print seconds of both on equal markets, and the size at which the package gives up."""
    stream = np.random.default_rng(0)
    for size in SIZES:
        residents, programs = random_lists(size, stream)
        theirs, same = _theirs(residents, programs)
        if theirs is None:
            print(f"{size:>6,} residents: matching exceeds its recursion limit")
            continue
        market = from_lists(residents, programs, [9] * len(programs))
        ours = best(lambda market=market: solve(market))
        print(f"{size:>6,} residents: matching {theirs:8.4f} s, ours {ours:8.5f} s with its check, "
              f"ratio {theirs / ours:7,.0f}, same matching: {same}")  # fmt: skip
    low, high = 100, 4000
    while high - low > 10:
        middle = (low + high) // 2
        seconds, _ = _theirs(*random_lists(middle, np.random.default_rng(middle)))
        low, high = (low, middle) if seconds is None else (middle, high)
    print(f"On such markets matching exceeds its recursion limit from about {high:,} residents on.")


def _theirs(residents, programs) -> tuple[float | None, bool]:
    seats = dict.fromkeys(range(len(programs)), 9)
    try:
        # Its own copying of the lists recurses as deep as the lists are chained.
        game = HospitalResident.create_from_dictionaries(
            dict(enumerate(residents)), dict(enumerate(programs)), seats
        )
        start = time.perf_counter()
        found = game.solve(optimal="resident")
    except RecursionError:
        return None, False
    seconds = time.perf_counter() - start
    ours = solve(from_lists(residents, programs, [9] * len(programs))).program
    return seconds, all(
        ours[r.name] == program.name for program, held in found.items() for r in held
    ) and sum(map(len, found.values())) == (ours >= 0).sum()


def one_market(participants: Participants, number: int) -> tuple[bool, np.ndarray]:
    """Whether the matching of one national market is stable, and its match rates by cell."""
    drawn = draw(participants, SHARED, np.random.default_rng([1, number]))
    matching = solve(drawn.market)
    return matching.stable, rates(participants, drawn, matching.program)


def many_markets(participants: Participants, markets: int) -> None:
    """Solve many national markets on two processes, and print match rates by type."""
    start = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        found = list(track(pool.map(partial(one_market, participants), range(markets), chunksize=4),
                           "National markets", total=markets))  # fmt: skip
    print(f"{markets} national markets drawn, solved and checked in {time.perf_counter() - start:.1f} s; "
          f"{sum(stable for stable, _ in found)} stable.")  # fmt: skip
    cells = participants.applicants
    by_market = np.array([rate for _, rate in found])
    for applicant_type, rows in cells.reset_index(drop=True).groupby("applicant_type"):
        weights = rows["applicants"]
        simulated = by_market[:, rows.index] @ weights / weights.sum()
        print(f"{applicant_type:>14}: {simulated.mean():.1%} matched (standard deviation "
              f"{simulated.std():.1%}), aimed at {np.average(rows['rate'], weights=weights):.1%}")  # fmt: skip


def main() -> None:
    """Print it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markets", type=int, default=200)
    markets = parser.parse_args().markets
    ensure(Paths())
    catalog = open_catalog()
    participants = count_participants(catalog.market_tables(), fit(catalog.estimator_tables()))
    start = time.perf_counter()
    participants = calibrate(participants, SHARED)
    print(f"Types' strengths set in {time.perf_counter() - start:.1f} s.")
    before = peak_memory()
    market = draw(participants, SHARED, np.random.default_rng(0)).market
    print(f"{participants.match_year}: {market.applicants:,} applicants, {market.quotas.sum():,} positions, "
          f"{len(market.quotas):,} programs, {len(market.program):,} mutual ranks")  # fmt: skip
    print(f"drawn in {best(lambda: draw(participants, SHARED, np.random.default_rng(0))):.2f} s, solved "
          f"and checked in {best(lambda: solve(market)):.2f} s; stable: {solve(market).stable}")  # fmt: skip
    heavy = loaded(market, np.random.default_rng(0))
    matching = solve(heavy)
    print(f"with {COUPLES:,} couples and {REVERSIONS} reversions (invented) in "
          f"{best(lambda: solve(heavy), 3):.2f} s; stable: {matching.stable}, "
          f"blocking: {len(matching.blocking)}")  # fmt: skip
    print(f"memory at most {peak_memory():.0f} MiB, {before:.0f} of it before the first market")
    against_matching()
    if markets:
        many_markets(participants, markets)


if __name__ == "__main__":
    main()
