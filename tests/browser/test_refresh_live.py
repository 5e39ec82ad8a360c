"""A refresh of the data while people use the app."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from benchmarks.client import Visitor
from benchmarks.server import running
from etl.build import build, ensure
from tests.etl.test_refresh import NEW_TOTAL, add_year

VISITORS, BUILDS = 20, 2


async def clicking(address: str, page: str, done: asyncio.Event) -> list[str]:
    """Clicks until done, and once more; the build ids that the page named, in order."""
    seen = []
    async with Visitor(address) as visitor:
        await visitor.open(page)
        while True:
            last = done.is_set()
            await visitor.choose(None, None)  # raises ScriptFailed where the page shows an error
            seen += re.findall(r"Build \*\*(\w+)\*\*", " ".join(visitor.texts))
            if last:
                return seen
            await asyncio.sleep(1)


def test_twenty_sessions_click_through_refreshes_and_see_whole_builds(inputs):
    live = [ensure(inputs)]

    def refresh() -> None:
        for number in range(BUILDS):
            add_year(inputs, NEW_TOTAL.replace("2027", str(2027 + number)))
            live.append(build(inputs).build_id)

    async def crowd(address: str) -> list[list[str]]:
        done = asyncio.Event()
        # Every other visitor is on the page that names its build.
        visits = [
            asyncio.create_task(clicking(address, "data" if number % 2 else "specialties", done))
            for number in range(VISITORS)
        ]
        await asyncio.to_thread(refresh)
        done.set()
        return await asyncio.gather(*visits)

    with running(MATCH_ATLAS_DATA=str(inputs.data)) as (address, _), ThreadPoolExecutor(1) as thread:
        # Not in this thread: Playwright's loop may be running here.
        seen = thread.submit(asyncio.run, crowd(address)).result()
    named = [ids for ids in seen if ids]
    assert len(named) == VISITORS // 2
    for ids in named:
        assert ids[-1] == live[-1], "the last build is seen at the next click"
        order = [live.index(build_id) for build_id in ids]
        assert order == sorted(order), "no session falls back to a former build"
