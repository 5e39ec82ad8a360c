"""Server time of every page: first run and rerun after a choice, against a bare page.

Both run in real servers and are asked through the websocket, so that all a visitor waits for is in it.
"""

import asyncio
from statistics import median

from benchmarks.client import Visitor
from benchmarks.server import running
from benchmarks.table import BARE, PAGES, Table, address_of, cpu_seconds

ROUNDS, OPTIONS = 3, 4


async def _measure(address: str, pid: int, page: str) -> tuple[float, float, float, float]:
    """Milliseconds of the first run, median of a rerun, processor time of a rerun; kB of the first."""
    async with Visitor(address) as visitor:
        first = await visitor.open(page)
        size = visitor.received / 1000
        # A page without a choice is run again as it is.
        widget, options = next(iter(visitor.selects.items()), (None, []))
        steps = options[:OPTIONS] if widget else [None] * OPTIONS
        for option in steps:
            await visitor.choose(widget, option)
        used, times = cpu_seconds(pid), []
        for option in steps * ROUNDS:
            times.append(await visitor.choose(widget, option))
            await asyncio.sleep(0.02)
        used = (cpu_seconds(pid) - used) / len(times)
    return 1000 * first, 1000 * median(times), 1000 * used, size


async def _all(bare, product) -> list[tuple]:
    await _measure(*bare, "")
    rows = []
    for page in PAGES:
        base = await _measure(*bare, "")
        async with Visitor(product[0]) as first_ever:
            await first_ever.open(address_of(page))
        own = await _measure(*product, address_of(page))
        rows.append((page, *own, own[0] / base[0], own[1] / base[1], own[2] / base[2]))
    return rows


def measure() -> Table:
    """One row a page, and the median of all."""
    with running(BARE) as bare, running() as product:
        rows = asyncio.run(_all(bare, product))
    middle = ("median", *(median(row[column] for row in rows) for column in range(1, 8)))
    return Table(
        "Pages",
        "Milliseconds on the server, through the websocket, of a page that others have opened before "
        "(first run; rerun after a choice; processor time of a rerun), kilobytes sent by the first "
        "run, and the ratios to a bare page with one constant chart, measured in the same run just "
        f"before. Medians of {ROUNDS * OPTIONS} reruns. A bare rerun waits more than it works, so "
        "its ratio of processor time is the stricter one.",
        (
            "page",
            "first run",
            "rerun",
            "rerun, processor",
            "kB",
            "first run / bare",
            "rerun / bare",
            "processor / bare",
        ),
        [*rows, middle],
    )


if __name__ == "__main__":
    print(measure().markdown())
