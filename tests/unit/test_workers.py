"""Heavy work beside the server: bounded, waited for in a line, killed where it passes a bound."""

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import pytest

from etl.paths import ROOT
from etl.problems import DataError, Problem
from matchatlas.web import workers
from matchatlas.web.workers import Busy, Job, Stopped, Workers


def double(number, progress):
    progress(0.5, "half way")
    return 2 * number


def sleep(seconds, progress):
    time.sleep(seconds)


def spin(progress):
    while True:
        pass


def fill(megabytes, progress):
    held = bytearray(megabytes * 1_000_000)
    for place in range(0, len(held), 4096):
        held[place] = 1
    time.sleep(30)


def refuse(progress):
    raise DataError([Problem("file", "rule", "mend", line=3)])


def die(progress):
    os._exit(1)


def litter(progress):
    folder = mkdtemp()
    (Path(folder) / "private.pdf").write_bytes(b"x")
    print("what is printed does not stand among the messages")
    return folder


def pool(**bounds) -> Workers:
    return Workers(**{"processes": 1, "waiting": 50, "seconds": 60, "megabytes": 500} | bounds)


def patient(job):
    """The result, asked for as a page does."""
    while not job.wait(0.2):
        pass
    return job.result()


def test_thirty_at_once_are_all_done_in_their_order():
    line = pool()
    jobs = [line.submit(double, number) for number in range(30)]
    assert jobs[-1].place > 20
    assert [patient(job) for job in jobs] == [2 * number for number in range(30)]
    assert jobs[3].message == "half way"
    assert jobs[3].place == 0


def test_what_the_work_raises_is_raised_whole_and_the_next_is_done():
    line = pool()
    with pytest.raises(DataError) as caught:
        patient(line.submit(refuse))
    assert caught.value.problems[0].line == 3
    with pytest.raises(Stopped, match="the process that did it ended"):
        patient(line.submit(die))
    assert patient(line.submit(double, 4)) == 8


def test_time_and_memory_are_bounded_by_killing():
    line = pool(seconds=1, megabytes=200)
    for endless in ((spin,), (sleep, 60)):
        with pytest.raises(Stopped, match="more than 1 seconds"):
            patient(line.submit(*endless))
    with pytest.raises(Stopped, match="more than 200 MB"):
        patient(line.submit(fill, 400))
    assert patient(line.submit(double, 1)) == 2


def test_a_full_line_refuses_and_who_leaves_makes_room(monkeypatch):
    line = pool(waiting=2)
    first = line.submit(sleep, 60)
    while first.place:
        time.sleep(0.05)
    waiting = [line.submit(double, number) for number in range(2)]
    with pytest.raises(Busy):
        line.submit(double, 3)
    waiting[0].cancel()
    third = line.submit(double, 3)
    first.cancel()
    assert patient(third) == 6
    with pytest.raises(Stopped, match="nobody waited"):
        patient(first)


def test_work_that_nobody_asks_about_is_dropped(monkeypatch):
    monkeypatch.setattr(workers, "ASKED", 1.0)
    line = pool()
    job = line.submit(sleep, 60)
    time.sleep(2.5)
    with pytest.raises(Stopped, match="nobody waited"):
        job.result()


def test_temporary_files_are_gone_with_the_process():
    line = pool(seconds=1)
    folder = Path(patient(line.submit(litter)))
    assert (folder / "private.pdf").exists()
    with pytest.raises(Stopped):
        patient(line.submit(sleep, 60))
    assert not folder.exists()
    assert not folder.parent.exists()


def test_a_server_that_is_gone_leaves_no_files(tmp_path):
    """The process tells its progress to nobody, and ends with its folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "private.pdf").write_bytes(b"x")
    process = subprocess.Popen(
        [sys.executable, "-m", "matchatlas.web.workers"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(folder)},
    )
    call = pickle.dumps((double, (1,)))
    process.stdin.write(workers.HEADER.pack(len(call)) + call)
    process.stdout.close()
    process.stdin.close()
    process.wait(60)
    assert not folder.exists()


def test_work_that_was_done_before_is_waited_for_by_nobody():
    job = Job.done({"answer": 42})
    assert job.wait() and job.place == 0
    assert job.result() == {"answer": 42}
