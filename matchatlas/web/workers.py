"""Heavy work in processes of its own: bounded in number, time and memory, behind a bounded queue.

A page hands in a function and what it is called with, and asks the job how far it is; whatever the
work does, the server can kill it. Work that nobody asks about any more is dropped, so who closes
the page frees its place.

    pool = Workers(processes=1, waiting=40, seconds=60, megabytes=800)
    job = pool.submit(function, *args)      # raises Busy
    while not job.wait(0.3): show(job.place, job.share, job.message)
    result = job.result()                   # raises what the function raised, or Stopped

`function` is a module's own, takes `progress` (share, message) besides, and runs with a folder for
temporary files that is gone with its process.
"""

import os
import pickle
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl.paths import ROOT

TICK = 0.2  # seconds between two looks at a process
ASKED = 20.0  # seconds after which a job that nobody asks about is dropped
IDLE = 60.0  # seconds after which a process without work ends
SLOWEST = 10  # times its processor time that a job may take by the clock: pages go first
NICENESS = 10  # pages go first
HEADER = struct.Struct("!Q")


class Busy(Exception):
    """The queue is full: to be tried again later."""


class Stopped(Exception):
    """The work was ended before it was done; str() says by what, for whoever waits for it."""


class Job:
    """One piece of work, as the page that handed it in sees it."""

    def __init__(self, pool: "Workers | None", call: bytes):
        self.call, self.share, self.message = call, 0.0, ""
        self._pool, self._done = pool, threading.Event()
        self._outcome: tuple[str, Any] = ("", None)  # until it is done
        self._asked, self._cancelled = time.monotonic(), False

    @classmethod
    def done(cls, value: Any) -> "Job":
        """Work whose result was there before it was asked for."""
        job = cls(None, b"")
        job.finish("returned", value)
        return job

    @property
    def place(self) -> int:
        """How many jobs stand before it; 0 when it is at work or done."""
        return 0 if self._pool is None or self._done.is_set() else self._pool.place(self)

    def wait(self, seconds: float = 0.0) -> bool:
        """Whether it is done, after at most so many seconds."""
        self._asked = time.monotonic()
        return self._done.wait(seconds)

    def result(self) -> Any:
        """What the function returned. Raises what it raised, or Stopped."""
        self._done.wait()
        kind, value = self._outcome
        if kind == "raised":
            raise value
        return value

    def cancel(self) -> None:
        """Drop it: out of the queue, or killed where it is at work."""
        self._cancelled = True

    @property
    def unwanted(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._cancelled or time.monotonic() - self._asked > ASKED

    def finish(self, kind: str, value: Any) -> None:
        """End it: "returned" or "raised" and the value."""
        if not self._done.is_set():
            self._outcome, self.call = (kind, value), b""
            self._done.set()


class Workers:
    """At most `processes` jobs at work and `waiting` in the queue; each has `seconds` of processor
    time, SLOWEST times as much by the clock, and `megabytes` of memory before it is killed."""

    def __init__(self, processes: int, waiting: int, seconds: float, megabytes: int):
        self.processes, self.waiting, self.seconds, self.megabytes = processes, waiting, seconds, megabytes
        self._queue: deque[Job] = deque()
        self._changed = threading.Condition()
        self._threads = self._free = 0

    def submit(self, function: Callable, *args) -> Job:
        """Hand in work. Raises Busy where the queue is full."""
        job = Job(self, pickle.dumps((function, args)))
        with self._changed:
            self._drop_unwanted()
            if len(self._queue) >= self.waiting + self._free:
                raise Busy
            self._queue.append(job)
            if not self._free and self._threads < self.processes:
                self._threads += 1
                threading.Thread(target=self._work, daemon=True, name="workers").start()
            self._changed.notify()
        return job

    def place(self, job: Job) -> int:
        """How many stand before a job in the queue."""
        with self._changed:
            return self._queue.index(job) + 1 if job in self._queue else 0

    def _drop_unwanted(self) -> None:
        for job in [job for job in self._queue if job.unwanted]:
            self._queue.remove(job)
            job.finish("raised", Stopped("nobody waited for it any more"))

    def _next(self) -> Job | None:
        """The next job, or None after a while without one."""
        with self._changed:
            self._free += 1
            try:
                self._changed.wait_for(lambda: self._queue, timeout=IDLE)
                self._drop_unwanted()
                if self._queue:
                    return self._queue.popleft()
                self._threads -= 1  # in the same breath, so that who comes now starts another
                return None
            finally:
                self._free -= 1

    def _work(self) -> None:
        process: _Process | None = None
        while job := self._next():
            try:
                process = process or _Process()
                job.finish(*self._run(job, process))
            except Exception as error:  # whatever it is, who waits must hear of it
                job.finish("raised", Stopped(f"it could not be done ({error})"))
                if process:
                    process.kill()
            if process and process.ended:
                process = None
        if process:
            process.kill()

    def _run(self, job: Job, process: "_Process") -> tuple[str, Any]:
        """What comes of a job in a process; it ends the process where a bound is passed."""
        end = time.monotonic() + SLOWEST * self.seconds
        enough = process.seconds() + self.seconds
        process.send(job.call)
        while True:
            try:
                kind, value = process.receive(TICK)
            except EOFError:
                process.kill()
                return "raised", Stopped("the process that did it ended")
            if kind == "progress":
                job.share, job.message = value
            elif kind:
                return kind, value
            why = ""
            if job.unwanted:
                why = "nobody waited for it any more"
            elif time.monotonic() > end or process.seconds() > enough:
                why = f"it took more than {self.seconds:.0f} seconds"
            elif process.megabytes() > self.megabytes:
                why = f"it took more than {self.megabytes} MB of memory"
            if why:
                process.kill()
                return "raised", Stopped(why)


class _Process:
    """A Python process that runs one call after the other."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="matchatlas-work-")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "matchatlas.web.workers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ
            | {
                "TMPDIR": self.folder,
                "PYTHONPATH": str(ROOT),
                "OMP_NUM_THREADS": "1",
                "ARROW_DEFAULT_MEMORY_POOL": "system",
            },
        )
        assert self.process.stdin and self.process.stdout  # pipes, as asked above
        self.inward, self.outward = self.process.stdin, self.process.stdout
        os.set_blocking(self.inward.fileno(), False)
        self.unsent, self.read = memoryview(b""), b""

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self.process.poll() is not None

    def send(self, content: bytes) -> None:
        """Hand over a message; it goes out as the process takes it, see `receive`."""
        self.unsent = memoryview(HEADER.pack(len(content)) + content)

    def receive(self, seconds: float) -> tuple[str, Any]:
        """The next message, or ("", None) where none came in time. Raises EOFError at its end."""
        inward, outward = self.inward, self.outward
        end = time.monotonic() + seconds
        while True:
            if len(self.read) >= HEADER.size:
                (length,) = HEADER.unpack(self.read[: HEADER.size])
                if len(self.read) >= HEADER.size + length:
                    content = self.read[HEADER.size : HEADER.size + length]
                    self.read = self.read[HEADER.size + length :]
                    return pickle.loads(content)
            left = max(0.0, end - time.monotonic())
            ready, free, _ = select.select([outward], [inward] if self.unsent else [], [], left)
            if free:
                try:
                    self.unsent = self.unsent[os.write(inward.fileno(), self.unsent[:65536]) :]
                except BrokenPipeError:
                    raise EOFError from None
            if ready:
                content = os.read(outward.fileno(), 1 << 20)
                if not content:
                    raise EOFError
                self.read += content
            elif not free:
                return "", None

    def seconds(self) -> float:
        """The processor time it took so far."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, IndexError, ValueError):
            return 0.0

    def megabytes(self) -> float:
        """The memory it holds now."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0.0
        return pages * resource.getpagesize() / 1e6

    def kill(self) -> None:
        """End it, and its temporary files."""
        self.process.kill()
        self.process.wait()
        self.inward.close()
        self.outward.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _serve() -> None:
    """The process's own side: run every call that comes in, until the server is gone."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server's to take; it kills this one
    # Nothing that is printed may stand among the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(kind: str, value: Any) -> None:
        content = pickle.dumps((kind, value))
        out.write(HEADER.pack(len(content)) + content)
        out.flush()

    try:
        while header := sys.stdin.buffer.read(HEADER.size):
            function, args = pickle.loads(sys.stdin.buffer.read(HEADER.unpack(header)[0]))
            try:
                send("returned", function(*args, progress=lambda *told: send("progress", told)))
            except BrokenPipeError:
                return
            except Exception as error:
                send("raised", error)
    finally:  # the server is gone, be it in the midst of the work
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


if __name__ == "__main__":
    _serve()
