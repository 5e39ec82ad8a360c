"""Many visitors at once, through the websocket, on this machine alone: errors, waits, memory.

200 visitors come within a minute, each opens a page and makes choices with pauses between them, as
people do; against one replica, and against one and two behind nginx. Then one of two replicas is
killed, and its visitors come back by their address.
"""

import asyncio
import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from benchmarks.client import Visitor
from benchmarks.proxy import proxied, visits_by_replica
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import PAGES, Table, address_of, resident_mb
from etl.paths import ROOT

VISITORS, CHOICES = 200, 3
ARRIVE, PAUSE = 60.0, (15.0, 30.0)  # seconds
KILLED_AT_ONCE = 20  # visitors while a replica is killed


async def _visit(address: str, number: int, clicks: list[float], errors: list[str]) -> None:
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, ARRIVE))
    try:
        async with Visitor(address, cookie=f"atlas_visitor={number:032x}") as visitor:
            await visitor.open(address_of(PAGES[number % len(PAGES)]))
            for _ in range(CHOICES):
                await asyncio.sleep(chance.uniform(*PAUSE))
                widget = chance.choice([*visitor.selects, None])
                option = chance.choice(visitor.selects[widget]) if widget else None
                clicks.append(await visitor.choose(widget, option))
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}"[:200])


async def _crowd(address: str, ports: list[int]) -> tuple[list[float], list[str]]:
    clicks, errors = [], []
    # What the first visitor of each page waits for is told by coldstart.
    for port in ports:
        for page in PAGES:
            async with Visitor(f"http://127.0.0.1:{port}") as first:
                await first.open(address_of(page))
    visits = (_visit(address, number, clicks, errors) for number in range(VISITORS))
    await asyncio.wait_for(asyncio.gather(*visits), 300)
    return clicks, errors


class _Replicas:
    """Servers that end with the `with`, and nginx before them where asked for."""

    def __init__(self, count: int, behind_nginx: bool):
        self.ports = [free_port() for _ in range(count)]
        self._nginx, self._end = behind_nginx, ExitStack()

    def __enter__(self):
        self.processes = [start(ROOT / "app.py", port) for port in self.ports]
        for process, port in zip(self.processes, self.ports, strict=True):
            self._end.callback(process.wait, 10)
            self._end.callback(process.terminate)
            wait_until_ready(process, f"http://127.0.0.1:{port}")
        self.address = f"http://127.0.0.1:{self.ports[0]}"
        if self._nginx:
            self.folder = Path(self._end.enter_context(tempfile.TemporaryDirectory()))
            self.folder.chmod(0o777)
            self.address = self._end.enter_context(proxied(self.folder, self.ports))
        return self

    def __exit__(self, *exception):
        self._end.close()


def _loaded(name: str, count: int, behind_nginx: bool) -> tuple:
    with _Replicas(count, behind_nginx) as replicas:
        before = sum(resident_mb(process.pid) for process in replicas.processes)
        clicks, errors = asyncio.run(_crowd(replicas.address, replicas.ports))
        after = sum(resident_mb(process.pid) for process in replicas.processes)
        spread = visits_by_replica(replicas.folder).values() if behind_nginx else [VISITORS]
    for error in sorted(set(errors)):
        print(f"{name}: {errors.count(error)} x {error}", flush=True)
    p95 = quantiles(clicks, n=20)[-1]
    shares = " / ".join(f"{share / sum(spread):.0%}" for share in spread)
    return (
        name,
        VISITORS,
        len(clicks),
        len(errors),
        1000 * median(clicks),
        1000 * p95,
        (after - before) / VISITORS,
        shares,
    )


def measure() -> Table:
    """One row a setting; the first is the baseline."""
    rows = [
        _loaded("one replica", 1, False),
        _loaded("one replica, nginx", 1, True),
        _loaded("two replicas, nginx", 2, True),
    ]
    rows = [(*row, row[5] / rows[0][5]) for row in rows]
    return Table(
        "Many at once",
        f"{VISITORS} visitors arrive within {ARRIVE:.0f} s, open the pages by turns and make {CHOICES} "
        f"choices each, {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s apart; visitors, servers and nginx share this "
        "machine's cores. A click is a choice with all it makes the server do. Memory: what the "
        "servers grew by, for each visitor, caches of the pages included.",
        (
            "setting",
            "visitors",
            "clicks",
            "errors",
            "click, median ms",
            "p95 ms",
            "MB a visitor",
            "visitors by replica",
            "p95 / one replica",
        ),
        rows,
    )


async def _survive(replicas: _Replicas) -> tuple[int, int, float]:
    """Kill one of two; returns visitors of it, those back with their choice, longest wait in s."""
    query = "type=US+DO+Senior"
    async with asyncio.timeout(180):
        visitors = [Visitor(replicas.address, f"atlas_visitor={n:032x}") for n in range(KILLED_AT_ONCE)]
        for visitor in visitors:
            await (await visitor.__aenter__()).open("", query)
        replicas.processes[0].kill()
        await asyncio.sleep(0.5)
        lost = [visitor for visitor in visitors if visitor.lost]
        started, back = time.perf_counter(), 0
        for visitor in lost:
            async with Visitor(visitor.address, visitor.cookie) as again:
                await again.open("", query)
                back += any("US DO Seniors" in text for text in again.texts)
        return len(lost), back, time.perf_counter() - started


def measure_loss() -> Table:
    """What becomes of a killed replica's visitors."""
    with _Replicas(2, True) as replicas:
        lost, back, seconds = asyncio.run(_survive(replicas))
    return Table(
        "A replica is killed",
        f"{KILLED_AT_ONCE} visitors at two replicas behind nginx; one replica is killed. Its visitors come "
        "back one after the other by the address they had, and find their choice in place.",
        ("visitors of the killed one", "back with their choice", "seconds for all of them"),
        [(lost, back, seconds)],
    )


if __name__ == "__main__":
    print(measure_loss().markdown())
    print(measure().markdown())
