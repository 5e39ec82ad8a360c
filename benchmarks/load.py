"""Many visitors at once, through the websocket, on this machine alone: errors, waits, memory.

They come as on a Match Day, 300 in a minute; each opens a page and makes choices with pauses between
them, as people do. A queue fed with the processor time of a run tells what was to be expected, and what
more would need. Then one of two replicas is killed, and its visitors come back by their address.
"""

import asyncio
import os
import random
import resource
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles

from benchmarks import queueing
from benchmarks.client import Visitor
from benchmarks.proxy import proxied, visits_by_replica
from benchmarks.server import free_port, start, wait_until_ready
from benchmarks.table import PAGES, Table, address_of, cpu_seconds, resident_mb
from etl.paths import ROOT

# Visitors, replicas, and whether nginx stands before them; the first is the baseline.
SETTINGS = ((200, 1, False), (300, 1, True), (300, 2, True), (600, 2, True), (1000, 4, True))
CHOICES = 3
A_SECOND, PAUSE = 5.0, (15.0, 30.0)  # visitors who arrive; seconds they read
BUSIEST = 60.0  # seconds of a crowd that are held against the queue
PATIENCE = 1800.0  # seconds that a crowd may take
TO_COME = (1_000, 3_000, 10_000)  # visitors at once
KILLED_AT_ONCE = 20  # visitors while a replica is killed


@dataclass
class Crowd:
    """What a crowd went through: runs as (start, end, whether a choice), visits as (start, end)."""

    runs: list[tuple[float, float, bool]] = field(default_factory=list)
    visits: list[tuple[float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def busiest(self) -> tuple[float, float, float]:
        """Visitors present, runs a second and their mean wait in the busiest minute."""
        begun = sorted(begin for begin, _, _ in self.runs)
        start = max(begun, key=lambda at: sum(at <= other < at + BUSIEST for other in begun))
        waits = [end - begin for begin, end, _ in self.runs if start <= begin < start + BUSIEST]
        there = sum(max(0.0, min(end, start + BUSIEST) - max(begin, start)) for begin, end in self.visits)
        return there / BUSIEST, len(waits) / BUSIEST, mean(waits)


async def _visit(address: str, number: int, comes: float, crowd: Crowd) -> None:
    chance = random.Random(number)
    await asyncio.sleep(comes)
    arrived = time.perf_counter()
    source = f"127.1.{number // 250}.{number % 250 + 1}"  # nginx counts connections by address
    try:
        async with Visitor(address, f"atlas_visitor={number:032x}", source) as visitor:
            begun = time.perf_counter()
            await visitor.open(address_of(PAGES[number % len(PAGES)]))
            crowd.runs.append((begun, time.perf_counter(), False))
            for _ in range(CHOICES):
                await asyncio.sleep(chance.uniform(*PAUSE))
                widget = chance.choice([*visitor.selects, None])
                option = chance.choice(visitor.selects[widget]) if widget else None
                begun = time.perf_counter()
                await visitor.choose(widget, option)
                crowd.runs.append((begun, time.perf_counter(), True))
    except Exception as error:
        crowd.errors.append(f"{type(error).__name__}: {error}"[:200])
    crowd.visits.append((arrived, time.perf_counter()))


async def _open_all(ports: list[int]) -> None:
    """What the first visitor of each page waits for is told by coldstart."""
    for port in ports:
        for page in PAGES:
            async with Visitor(f"http://127.0.0.1:{port}") as first:
                await first.open(address_of(page))


async def _come(address: str, visitors: int) -> Crowd:
    crowd, chance = Crowd(), random.Random(visitors)
    arrivals = (chance.uniform(0, visitors / A_SECOND) for _ in range(visitors))
    visits = (_visit(address, number, comes, crowd) for number, comes in enumerate(arrivals))
    await asyncio.wait_for(asyncio.gather(*visits), PATIENCE)
    return crowd


class Replicas:
    """Servers that end with the `with`, and nginx before them where asked for.

    processes: those at `ports`; who ends one may put another in its place.
    """

    def __init__(self, count: int, behind_nginx: bool):
        self.ports = [free_port() for _ in range(count)]
        self._nginx, self._end = behind_nginx, ExitStack()

    def __enter__(self):
        self.processes = [start(ROOT / "app.py", port) for port in self.ports]
        self._end.callback(self._terminate)
        for process, port in zip(self.processes, self.ports, strict=True):
            wait_until_ready(process, f"http://127.0.0.1:{port}")
        self.address = f"http://127.0.0.1:{self.ports[0]}"
        if self._nginx:
            self.folder = Path(self._end.enter_context(tempfile.TemporaryDirectory()))
            self.folder.chmod(0o777)
            self.address = self._end.enter_context(proxied(self.folder, self.ports))
        return self

    def __exit__(self, *exception):
        self._end.close()

    def _terminate(self) -> None:
        for process in self.processes:
            process.terminate()
            process.wait(20)


def _loaded(visitors: int, count: int, behind_nginx: bool) -> dict:
    """What came of a crowd: its numbers by name."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with Replicas(count, behind_nginx) as servers:
        asyncio.run(_open_all(servers.ports))
        pids = [process.pid for process in servers.processes]
        held, used = sum(map(resident_mb, pids)), sum(map(cpu_seconds, pids))
        own = time.process_time()
        crowd = asyncio.run(_come(servers.address, visitors))
        own = time.process_time() - own
        held, used = sum(map(resident_mb, pids)) - held, sum(map(cpu_seconds, pids)) - used
        shares = list(visits_by_replica(servers.folder).values()) if behind_nginx else [visitors]
    for error in sorted(set(crowd.errors)):
        print(f"{count} replicas: {crowd.errors.count(error)} x {error}", flush=True)
    clicks = [1000 * (end - begin) for begin, end, choice in crowd.runs if choice]
    there, rate, wait = crowd.busiest()
    return {
        "name": f"{count} replica{'s' * (count > 1)}{', nginx' * behind_nginx}",
        "visitors": visitors, "replicas": count, "clicks": len(clicks), "errors": len(crowd.errors),
        "median": median(clicks), "p95": quantiles(clicks, n=20)[-1], "memory": held / visitors,
        "shares": " / ".join(f"{share / sum(shares):.0%}" for share in shares),
        "processor": used / len(crowd.runs), "client": own / len(crowd.runs),
        "there": there, "rate": rate, "wait": wait,
    }  # fmt: skip


def measure() -> list[Table]:
    """What crowds met, the baseline first; what a queue says of them, and of those to come."""
    found = [_loaded(*setting) for setting in SETTINGS]
    rows = [
        (f["name"], f["visitors"], f["clicks"], f["errors"], f["median"], f["p95"], f["memory"],
         f["shares"], f["p95"] / found[0]["p95"])
        for f in found
    ]  # fmt: skip
    crowds = Table(
        "Many at once",
        f"Visitors arrive as on a Match Day, {60 * A_SECOND:.0f} in a minute, open the pages by turns and make "
        f"{CHOICES} choices each, {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s apart; visitors, servers and nginx share "
        "this machine's cores. A click is a choice with all it makes the server do. Memory: what the "
        "servers grew by, for each visitor, caches of the pages included.",
        ("setting", "visitors", "clicks", "errors", "click, median ms", "p95 ms", "MB a visitor",
         "visitors by replica", "p95 / one replica"),
        rows,
    )  # fmt: skip
    return [crowds, _expected(found), _to_come(found)]


def _expected(found: list[dict]) -> Table:
    """The busiest minute of each crowd beside what the queue says of it."""
    rows, pause = [], mean(PAUSE)
    for f in found:
        # Servers and visitors share the cores, so more replicas than cores have but a part of one each.
        work = f["processor"] + f["client"]
        cores = min(f["replicas"], os.cpu_count() * f["processor"] / work)
        wait, rate = queueing.waits(f["there"] / cores, pause, f["processor"])
        rows.append((f["name"], f["visitors"], f["there"], 1000 * f["processor"], f["rate"], rate * cores,
                     1000 * f["wait"], 1000 * wait))  # fmt: skip
    return Table(
        "A queue beside what was measured",
        f"The busiest {BUSIEST:.0f} s of each crowd: visitors present, milliseconds of a core that a run took, and "
        "runs a second and their mean wait in milliseconds, as measured and as Mean Value Analysis says "
        "(benchmarks/queueing.py) of so many visitors at the cores that the servers had. Whatever else the "
        "machine did makes the measured wait longer, not the processor time.",
        ("setting", "visitors", "present", "ms of a core", "runs/s", "runs/s, queue", "wait ms",
         "wait ms, queue"),
        rows,
    )  # fmt: skip


def _to_come(found: list[dict]) -> Table:
    """How many replicas those to come need."""
    processor, pause = max(f["processor"] for f in found), mean(PAUSE)
    rows = []
    for visitors in TO_COME:
        count = queueing.replicas(visitors, pause, processor)
        wait, rate = queueing.waits(visitors / count, pause, processor)
        rows.append((f"{visitors:,}", count, visitors / count, rate * count, rate * processor, 1000 * wait,
                     found[0]["memory"] * visitors / 1000))  # fmt: skip
    return Table(
        "How many replicas",
        f"For visitors who are there at once, each with a run every {pause:.1f} s, at the {1000 * processor:.0f} ms of "
        f"a core that a run took in the dearest crowd above: so many replicas, each with a core of its own, "
        f"that none is busy for more than {queueing.MOST_BUSY:.0%} of it. Files of a first visit come from "
        "nginx's cache, and are not counted.",
        ("visitors at once", "replicas", "visitors each", "runs/s", "share of its core busy", "mean wait ms",
         "GB for the visits of all"),
        rows,
    )  # fmt: skip


async def _survive(replicas: Replicas) -> tuple[int, int, float]:
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
    with Replicas(2, True) as replicas:
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
    for table in measure():
        print(table.markdown())
