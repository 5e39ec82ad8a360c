"""What other visitors wait for while somebody attacks: the times of a page's rerun beside each attack.

By hand, on a quiet machine: python -m benchmarks.attacks. Prints a table; exits with 1 where others'
p95 under an attack is above BOUND_MS.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from statistics import median, quantiles

from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.client import Visitor
from benchmarks.server import running
from benchmarks.table import Table
from matchatlas.web.visits import SENT_BY_PAGES

OTHERS, SECONDS, BOUND_MS = 3, 20, 500
PAUSE = 0.5  # seconds between two clicks of another visitor
QUERY = "type=Non-US+IMG&specialty=Internal+Medicine&ck=250"


async def _click(address: str, until: float, times: list[float]) -> None:
    async with Visitor(address) as visitor:
        await visitor.open("what_if", QUERY)
        while time.monotonic() < until:
            times.append(1000 * await visitor.choose(None, None))
            await asyncio.sleep(PAUSE)


async def foreign_messages(address: str, until: float) -> None:
    """Messages that no page sends, among them the one that emptied all caches, a hundred a second."""
    kinds = [f.name for f in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields if f.name not in SENT_BY_PAGES]
    async with Visitor(address) as visitor:
        await visitor.open()
        while time.monotonic() < until:
            for kind in kinds:
                message = BackMsg()
                if BackMsg.DESCRIPTOR.fields_by_name[kind].message_type:
                    getattr(message, kind).SetInParent()
                else:
                    setattr(message, kind, True)
                await visitor._socket.send(message.SerializeToString())
            await asyncio.sleep(0.05)


async def reruns(address: str, until: float) -> None:
    """One tab that asks for the next run of a heavy page as soon as the last one ended."""
    async with Visitor(address) as visitor:
        await visitor.open("specialties")
        while time.monotonic() < until:
            await visitor.choose(None, None)


async def unfinished(address: str, until: float) -> None:
    """Three hundred requests that are never finished."""
    host, port = address.removeprefix("http://").split(":")
    with ExitStack() as sockets:
        for _ in range(300):
            sockets.enter_context(socket.create_connection((host, int(port)))).sendall(
                b"GET / HTTP/1.1\r\nX: "
            )
        await asyncio.sleep(max(0.0, until - time.monotonic()))


async def openings(address: str, until: float) -> None:
    """A visitor who opens a page and leaves at once, again and again."""
    while time.monotonic() < until:
        async with Visitor(address) as visitor:
            await visitor.open()


ATTACKS: dict[str, Callable[[str, float], Awaitable[None]] | None] = {
    "none": None,
    "messages that no page sends": foreign_messages,
    "one tab that never pauses": reruns,
    "300 unfinished requests": unfinished,
    "visits that leave at once": openings,
}


async def _measure(address: str) -> bool:
    rows, held = [], True
    for name, attack in ATTACKS.items():
        times, until = [], time.monotonic() + SECONDS
        tasks = [asyncio.create_task(_click(address, until, times)) for _ in range(OTHERS)]
        if attack:
            tasks.append(asyncio.create_task(attack(address, until)))
        with suppress(OSError):
            await asyncio.gather(*tasks)
        p95 = quantiles(times, n=20)[-1]
        held &= p95 <= BOUND_MS
        rows.append((name, len(times), round(median(times)), round(p95)))
    note = f"Reruns of What-if by {OTHERS} other visitors in {SECONDS} s beside each attack."
    print(Table("Attacks", note, ("attack", "runs", "median ms", "p95 ms"), rows).markdown())
    return held


def main() -> None:
    """Measure every attack against a server of this machine."""
    with running() as (address, _):
        sys.exit(0 if asyncio.run(_measure(address)) else 1)


if __name__ == "__main__":
    main()
