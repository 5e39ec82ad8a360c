"""The Match engine and the simulated nation, measured; it fails where a bound is not kept.

`python -m benchmarks.ranklist` prints all, and writes the table of published and simulated figures
that the rank list lab shows, and docs/reference/rank-list.md. `--random 0` leaves the 10,000 random markets
with couples out.
"""

import argparse
import resource
import time
from dataclasses import replace
from itertools import product

import numpy as np
from matching.games import HospitalResident
from rich.progress import track

from benchmarks.table import Table
from etl.build import ensure
from etl.paths import ROOT, Paths
from matchatlas.catalog.database import open_catalog
from matchatlas.matching.couple_lab import CoupleQuestion, ask_couple
from matchatlas.matching.deferred_acceptance import solve
from matchatlas.matching.entrants import Question
from matchatlas.matching.lab import NATIONS, ask, play_nations
from matchatlas.matching.market import Couple, Market, from_lists
from matchatlas.matching.participants import MarketTables, count_participants
from matchatlas.matching.reality import IN_VIEW, TABLE, Facts, compare
from matchatlas.matching.simulation import MAIN, calibrate, draw, play
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.road.targets import MOST_RANKS, TargetProgram
from tests.unit.brute_force import stable_matchings, tight

SIZES = (50, 100, 200, 400, 800)
COUPLES, PAIRS_EACH, REVERSIONS = 1200, 60, 100  # invented: a load to carry, no published counts
DOC = ROOT / "docs/reference/rank-list.md"


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
    return replace(
        market,
        start=start,
        program=market.program[kept],
        standing=market.standing[kept],
        couples=tuple(couples),
        reversions=tuple(zip(donors.tolist(), receivers.tolist(), strict=True)),
    )


def _couple(market: Market, one: int, other: int) -> Couple:
    lists = [range(market.start[a], market.start[a + 1]) for a in (one, other)]
    # Pairs by the sum of the two places.
    entries = sorted(product(*lists), key=sum)[:PAIRS_EACH]
    return Couple((one, other), market.program[np.array(entries)], market.standing[np.array(entries)])


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
        print(
            f"{size:>6,} residents: matching {theirs:8.4f} s, ours {ours:8.5f} s with its check, "
            f"ratio {theirs / ours:7,.0f}, same matching: {same}"
        )
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


def random_markets(count: int) -> str:
    """Small markets with couples, tight ones: how many have a stable matching, and are found."""
    stream = np.random.default_rng(20260320)
    lines, slowest = [], 0.0
    for share, people, checked in ((0.05, 10, True), (0.5, 10, True), (1.0, 12, False)):
        there_is = found = 0
        for _ in track(range(count // 3), f"Markets with couples, {share:.0%}"):
            lists = tight(stream, people=people, couples=share)
            start = time.process_time()
            matching = solve(from_lists(*lists))
            slowest = max(slowest, time.process_time() - start)
            found += matching.stable
            if checked:
                every = stable_matchings(*lists)
                assert matching.stable == (tuple(matching.program.tolist()) in every), lists
                there_is += bool(every)
        lines.append(
            f"- couples up to {share:.0%} of at most {people} people, {count // 3:,} markets: "
            + (
                f"a stable matching in {there_is:,}, found in {found:,}"
                if checked
                else f"all ended, {found:,} stable"
            )
        )
        assert not checked or found >= 0.99 * there_is
    assert slowest < 10
    return "\n".join([*lines, f"- slowest: {slowest:.2f} s of processor time"])


def same_specialty(market: Market, specialty: np.ndarray, seed: int) -> Market:
    """The market with COUPLES couples, each of two of one specialty."""
    stream = np.random.default_rng(seed)
    listed = stream.permutation(np.flatnonzero(np.diff(market.start)))
    listed = listed[np.argsort(specialty[listed], kind="stable")]
    pairs = np.stack([listed[:-1:2], listed[1::2]], axis=1)[: len(listed) // 2]
    pairs = pairs[specialty[pairs[:, 0]] == specialty[pairs[:, 1]]]
    members = pairs[stream.permutation(len(pairs))[:COUPLES]]
    kept = ~np.isin(market.owner, members)
    return replace(
        market,
        start=np.searchsorted(market.owner[kept], np.arange(market.applicants + 1)),
        program=market.program[kept],
        standing=market.standing[kept],
        couples=tuple(_couple(market, *pair) for pair in members.tolist()),
    )


def clock(action) -> tuple[object, float]:
    """What an action returns, and its seconds of processor time."""
    start = time.process_time()
    found = action()
    return found, time.process_time() - start


def _couples_line(nations) -> str:
    """A long list of pairs, of two who compete in one specialty, in the most Matches to be had."""
    sides = [
        Question(
            tuple(TargetProgram(program=f"{who} {n}", specialty="Internal Medicine") for n in range(20)),
            applicant_type,
            0.5,
            200,
        )
        for who, applicant_type in (("A", "Non-US IMG"), ("B", "US IMG"))
    ]
    pairs = sorted(product(range(20), repeat=2), key=sum)[:MOST_RANKS]
    answer, seconds = clock(lambda: ask_couple(nations, CoupleQuestion(*sides, tuple(pairs))))
    assert seconds < 1.5
    return (
        f"- {len(pairs)} pairs of a couple in 200 Matches: {seconds:.2f}; "
        f"stable in {int(answer.stable.sum())} of 200"
    )


def main() -> None:
    """Print it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--random", type=int, default=9999)
    count = parser.parse_args().random
    ensure(Paths())
    catalog = open_catalog()
    counted = count_participants(MarketTables.of(catalog), fit(EstimatorTables.of(catalog)))
    participants, seconds = clock(lambda: calibrate(counted))
    drawn, drawing = clock(lambda: draw(participants, np.random.default_rng(0)))
    market = drawn.lists[MAIN]
    matching, solving = clock(lambda: solve(market))
    assert matching.stable
    lines = [
        f"{participants.match_year}: {market.applicants:,} applicants, {market.quotas.sum():,} positions, "
        f"{len(market.quotas):,} programs, {len(market.program):,} mutual ranks for residency positions.",
        "",
        "Seconds of processor time:",
        "",
        f"- strengths set by published rates: {seconds:.1f}",
        f"- one national Match drawn: {drawing:.2f}; solved and checked: {solving:.2f}",
    ]
    heavy, seconds = clock(lambda: solve(loaded(market, np.random.default_rng(0))))
    lines.append(
        f"- with {COUPLES:,} couples and {REVERSIONS} reversions (invented): {seconds:.2f}; "
        f"stable: {heavy.stable}"
    )
    specialty = participants.applicants["specialty"].to_numpy()[drawn.cell]
    for seed in range(3):
        alike, seconds = clock(lambda seed=seed: solve(same_specialty(market, specialty, seed)))
        lines.append(
            f"- with {COUPLES:,} couples, each of one specialty: {seconds:.2f}; stable: {alike.stable}"
        )
        assert seconds < 4
    nations, seconds = clock(lambda: play_nations(counted, lambda *_: None))
    lines.append(f"- the lab's {NATIONS} national Matches, once a build: {seconds:.1f}")
    for length, markets in ((8, 50), (20, 200)):
        programs = tuple(TargetProgram(program=str(n), specialty="Internal Medicine") for n in range(length))
        asked = Question(programs, "Non-US IMG", 0.5, markets)
        answer, seconds = clock(lambda asked=asked: ask(nations, asked))
        lines.append(
            f"- a list of {length} programs in {markets} Matches, with every cut and swap: "
            f"{seconds + clock(answer.swap_table)[1]:.2f}"
        )
        assert seconds < 1.5
        assert (answer.swap_table()["better"] == 0).all()
    lines.append(_couples_line(nations))
    played = [play(participants, np.random.default_rng([1, number])) for number in range(8)]
    assert all(one.stable for one in played)
    facts = Facts.of(catalog)
    table = compare(participants, played, facts)
    table["off"] = table["simulated"] - table["published"]
    apart = table[table["use"] == IN_VIEW]
    fills = apart[apart["figure"].str.endswith(": positions filled (%)")]
    lines += [
        "",
        f"Mean error of {len(fills)} fill rates by specialty, none of them fitted: "
        f"{fills['off'].abs().mean():.1f} percentage points.",
    ]
    titles = catalog.sources().set_index("source_id")["title"]
    shown = table.assign(source=table["source_id"].map(titles)).drop(columns="source_id")
    shown = shown.round(1)[["figure", "published", "simulated", "off", "use", "source"]]
    shown.columns = [name.capitalize() for name in shown]
    shown.to_csv(TABLE, index=False)
    print("\n".join(lines))
    print(shown.to_string())
    if count:
        lines += ["", "Random markets with couples:", "", random_markets(count)]
        print(lines[-1])
    _write(lines, shown)
    print(f"memory at most {peak_memory():.0f} MiB")
    against_matching()


def _write(lines: list[str], shown) -> None:
    table = Table(
        "Published and simulated figures",
        "*fitted*: each calibration moves strengths until it is met. *in view*: no fit aims at it, but the "
        "constants were chosen by hand with it in view, so figures nobody looked at may be farther off.",
        tuple(shown.columns),
        list(shown.itertuples(index=False, name=None)),
    )
    DOC.write_text(
        "# The simulated Match, measured\n\n"
        "Written by `python -m benchmarks.ranklist`; do not edit by hand. A matching is stable as "
        "`matchatlas/matching/stability.py` defines it.\n\n" + "\n".join(lines) + "\n\n" + table.markdown()
    )


if __name__ == "__main__":
    main()
