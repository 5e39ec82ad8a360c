"""What visits leave in the server's memory and descriptors once they have ended: exits with 1 beyond
the bounds. Run by hand on a quiet machine: python -m benchmarks.leftovers"""

import asyncio
import os
import sys

from benchmarks.client import Visitor
from benchmarks.server import running
from benchmarks.table import PAGES, address_of, resident_mb
from matchatlas.web.visits import KEPT_SECONDS, SWEEP_SECONDS

OPENINGS, CROWD, AT_ONCE = 2000, 200, 10
MOST_MB = {"openings": 30, "crowd": 60}
MOST_DESCRIPTORS = 20


def _descriptors(process: int) -> int:
    return len(os.listdir(f"/proc/{process}/fd"))


async def _visit(address: str, number: int, limit: asyncio.Semaphore) -> None:
    async with limit, Visitor(address) as visitor:
        await visitor.open(address_of(PAGES[number % len(PAGES)]))


async def _visits(address: str, count: int, at_once: int) -> None:
    limit = asyncio.Semaphore(at_once)
    await asyncio.gather(*(_visit(address, number, limit) for number in range(count)))
    await asyncio.sleep(KEPT_SECONDS + 2 * SWEEP_SECONDS)


async def _measure(address: str, process: int) -> bool:
    # What is kept for all is made, and the allocator has seen its highest water: the first crowd leaves
    # some 100 MB with it, the second and later ones 8 MB and less.
    await _visits(address, 5 * len(PAGES), AT_ONCE)
    await _visits(address, CROWD, CROWD)
    held = True
    for name, count, at_once in (("openings", OPENINGS, AT_ONCE), ("crowd", CROWD, CROWD)):
        memory, open_before = resident_mb(process), _descriptors(process)
        await _visits(address, count, at_once)
        grown, left = resident_mb(process) - memory, _descriptors(process) - open_before
        print(f"{name}: {count} visits, {grown:+.1f} MB (at most {MOST_MB[name]}), {left:+d} descriptors")
        held &= grown <= MOST_MB[name] and left <= MOST_DESCRIPTORS
    return held


def main() -> None:
    """Measure, print, and exit with 1 where a bound is broken."""
    with running() as (address, process):
        sys.exit(0 if asyncio.run(_measure(address, process)) else 1)


if __name__ == "__main__":
    main()
