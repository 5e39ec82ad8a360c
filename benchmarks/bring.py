"""Thirty people bring a report at once, while others click through the pages.

python -m benchmarks.bring REPORT.pdf
"""

import asyncio
import sys
import time
import urllib.request
from http.cookies import SimpleCookie
from pathlib import Path
from statistics import median, quantiles

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.client import Visitor
from benchmarks.server import running
from benchmarks.table import PAGES, Table, address_of, resident_mb

BRINGERS, CLICKERS = 30, 5
PAUSE = 1.0  # seconds between two clicks of one visitor
LABEL = "The report"


def is_read(text: str) -> bool:
    """Whether the page says that a report was read, be it one that lacks some positions."""
    return "rows, the Match" in text or "lacks some positions" in text


class Bringer(Visitor):
    """A visitor who uploads a file as the page does."""

    uploader = ""

    def _see(self, element) -> None:
        if element.WhichOneof("type") == "file_uploader" and element.file_uploader.label.startswith(LABEL):
            self.uploader = element.file_uploader.id
        super()._see(element)
        if element.WhichOneof("type") == "alert":
            self.texts.append(element.alert.body)

    async def bring(self, report: Path) -> str:
        """Upload a report and wait until the page has read it; returns what the page said of it."""
        session = self._session
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.session_id = session
        message.file_urls_request.file_names.append(report.name)
        await self._socket.send(message.SerializeToString())
        while (answer := ForwardMsg.FromString(await self._socket.recv())).WhichOneof(
            "type"
        ) != "file_urls_response":
            pass
        urls = answer.file_urls_response.file_urls[0]
        await asyncio.to_thread(self._put, urls.upload_url, report)
        state = ClientState(query_string=self._page[1], page_script_hash=self._hash)
        widget = state.widget_states.widgets.add(id=self.uploader)
        widget.file_uploader_state_value.uploaded_file_info.add(
            name=report.name, size=report.stat().st_size, file_id=urls.file_id, file_urls=urls
        )
        await self._run(state)  # reads it, then runs again
        return next((text for text in self.texts if is_read(text)), "nothing")

    def _put(self, url: str, report: Path) -> None:
        edge = "report-edge"
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{report.name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )
        body = head.encode() + report.read_bytes() + f"\r\n--{edge}--\r\n".encode()
        # As a browser does: the token that the server sets as a cookie comes back as a header.
        with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=60) as answer:
            cookies = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        token = cookies["_streamlit_xsrf"].value if "_streamlit_xsrf" in cookies else ""
        headers = {
            "Content-Type": f"multipart/form-data; boundary={edge}",
            "X-Xsrftoken": token,
            "Cookie": f"{self.cookie}; _streamlit_xsrf={token}",
            "Origin": self.address,
        }
        request = urllib.request.Request(self.address + url, body, headers, method="PUT")
        urllib.request.urlopen(request, timeout=60).read()


async def _brings(address: str, number: int, report: Path, waits: list[float], said: list[str]) -> None:
    try:
        async with Bringer(address, cookie=f"atlas_visitor={number:032x}") as visitor:
            await visitor.open("programs")
            started = time.perf_counter()
            said.append(await visitor.bring(report))
            waits.append(time.perf_counter() - started)
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}"[:200])


async def _clicks(address: str, number: int, clicks: list[float], end: asyncio.Event) -> None:
    async with Visitor(address, cookie=f"atlas_visitor={1000 + number:032x}") as visitor:
        while not end.is_set():
            for page in PAGES[number::CLICKERS]:
                clicks.append(await visitor.open(address_of(page)))
                await asyncio.sleep(PAUSE)


async def _all(address: str, pid: int, report: Path) -> tuple[list, ...]:
    for page in PAGES:
        async with Visitor(address) as first:
            await first.open(address_of(page))
    quiet, busy, waits, said = [], [], [], []
    for clicks in (quiet, busy):
        end = asyncio.Event()
        clickers = [asyncio.create_task(_clicks(address, n, clicks, end)) for n in range(CLICKERS)]
        if clicks is busy:
            await asyncio.gather(*(_brings(address, n, report, waits, said) for n in range(BRINGERS)))
        else:
            await asyncio.sleep(30)
        end.set()
        await asyncio.gather(*clickers)
    return quiet, busy, waits, said


def measure(report: Path) -> Table:
    """One row: what became of the thirty, and what others waited for meanwhile."""
    with running() as (address, pid):
        before = resident_mb(pid)
        quiet, busy, waits, said = asyncio.run(_all(address, pid, report))
        grown = resident_mb(pid) - before
    read = sum(map(is_read, said))
    for text in sorted(set(said)):
        print(f"{said.count(text)} x {text[:150]}", flush=True)
    row = (
        BRINGERS,
        read,
        median(waits),
        max(waits),
        len(quiet),
        1000 * quantiles(quiet, n=20)[-1],
        len(busy),
        1000 * median(busy),
        1000 * quantiles(busy, n=20)[-1],
        grown,
    )
    return Table(
        "A report brought by many at once",
        f"{BRINGERS} people bring {report.name} at once and wait for it; {CLICKERS} others open page after page, "
        "before that (quiet) and meanwhile. Visitors and server share this machine's cores. Memory: "
        "what the server grew by, the pages' caches included.",
        (
            "bring one",
            "have it read",
            "wait, median s",
            "wait, longest s",
            "quiet clicks",
            "quiet p95 ms",
            "clicks meanwhile",
            "median ms",
            "p95 ms",
            "MB",
        ),
        [row],
    )


if __name__ == "__main__":
    print(measure(Path(sys.argv[1])).markdown())
