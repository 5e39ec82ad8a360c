"""A full disk, a clock set back, damaged builds: what was live is served, the next build works."""

import os
import subprocess
import time
from contextlib import contextmanager

import duckdb
import pytest

from etl import kept
from etl.build import build, ensure, is_current, live_build_id, rollback
from etl.problems import DataError
from matchatlas.catalog.database import open_catalog
from tests.conftest import copy_of_inputs
from tests.etl.test_refresh import NEW_TOTAL, TOTALS, add_year

MEGABYTE = 1_000_000
NOISE = bytes(range(256)) * 4000


def next_year(inputs) -> None:
    """Change the inputs, so that the next build is another one."""
    rows = (inputs.tables / TOTALS).read_text().splitlines()[1:]
    add_year(inputs, NEW_TOTAL.replace("2027", str(1 + max(int(row[:4]) for row in rows)), 1))


def newest_year(inputs) -> int:
    return int(open_catalog(inputs.database).totals()["match_year"].max())


def damage(file, how: str) -> None:
    if how == "empty":
        file.write_bytes(b"")
    elif how == "noise":
        file.write_bytes(NOISE)
    elif how == "cut":
        os.truncate(file, file.stat().st_size // 2)
    else:  # its middle overwritten
        with file.open("r+b") as stream:
            stream.seek(file.stat().st_size // 2)
            stream.write(NOISE)


@contextmanager
def small_disk(folder, megabytes: int):
    if os.geteuid() != 0:
        pytest.skip("a small disk is mounted by root alone")
    folder.mkdir()
    options = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder, leave: int):
    """Take all of the disk's room but `leave` bytes; returns the file that does."""
    filler = folder / "filler"
    filler.write_bytes(b"")
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    filler.write_bytes(b"\0" * max(0, free - leave))
    return filler


def test_a_disk_nearly_full_at_each_step_publishes_a_whole_build_or_none(tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, 400):
        inputs = copy_of_inputs(disk)
        ensure(inputs)
        size = kept.live_file(inputs).stat().st_size
        ends = set()
        for leave in (0, 4096, *range(2 * MEGABYTE, size + 20 * MEGABYTE, size // 6)):
            before = live_build_id(inputs)
            next_year(inputs)
            filler = fill(disk, leave)
            try:
                done = build(inputs).build_id
            except DataError as error:
                done, told = before, str(error)
                assert len(told.splitlines()) == 1 and ("room" in told or "disk" in told)
            ends.add(done == before)
            filler.unlink()
            assert live_build_id(inputs) == done
            assert kept.examine(kept.live_file(inputs)).build_id == done
            assert not list(inputs.builds.glob("*.tmp*"))
        assert ends == {True, False}, "some had too little room, some enough"
        next_year(inputs)
        assert build(inputs).build_id == live_build_id(inputs)


def test_kept_builds_from_the_future_are_older_all_the_same(inputs):
    for _ in range(6):
        next_year(inputs)
        newest = build(inputs).build_id
        for file in inputs.builds.glob("*.duckdb"):
            os.utime(file, (time.time() + 1e8, time.time() + 1e8))
        with duckdb.connect(str(kept.live_file(inputs))) as connection:
            connection.execute("UPDATE build SET built_at = built_at + INTERVAL 3 YEAR")
        assert live_build_id(inputs) == newest
        assert open_catalog(inputs.database).build_id == newest
    whole, wrong = kept.kept(inputs)
    assert [build.number for build in whole] == [2, 3, 4, 5, 6]
    assert not wrong


def test_the_oldest_kept_build_is_live_after_a_rollback_and_stays(inputs):
    ids = []
    for _ in range(5):
        next_year(inputs)
        ids.append(build(inputs).build_id)
    rollback(inputs, ids[0])
    assert is_current(inputs)
    assert live_build_id(inputs) == ids[0]
    assert len(kept.kept(inputs)[0]) == 5
    next_year(inputs)
    assert build(inputs).build_id == live_build_id(inputs)


@pytest.mark.parametrize("how", ["empty", "noise", "cut", "overwritten"])
def test_a_damaged_kept_build_is_set_aside_and_told(inputs, how, caplog):
    first = ensure(inputs)
    damaged = kept.live_file(inputs)
    next_year(inputs)
    second = ensure(inputs)
    damage(damaged, how)
    with pytest.raises(DataError, match="a kept build is named"):
        rollback(inputs, first)
    assert f"set aside as {damaged.name}.damaged" in caplog.text
    assert live_build_id(inputs) == second
    next_year(inputs)
    third = build(inputs).build_id
    assert [build.build_id for build in kept.kept(inputs)[0]] == [second, third]


@pytest.mark.parametrize("how", ["empty", "noise", "cut", "overwritten"])
def test_a_damaged_live_build_is_not_current_and_is_healed(inputs, how):
    published = ensure(inputs)
    damage(kept.live_file(inputs), how)
    assert not is_current(inputs)
    assert ensure(inputs) == published
    assert kept.examine(kept.live_file(inputs)).build_id == published


def test_a_damaged_live_build_gives_way_to_the_newest_whole_one_where_none_can_be_built(inputs):
    former = ensure(inputs)
    next_year(inputs)
    ensure(inputs)
    damage(kept.live_file(inputs), "noise")
    (inputs.tables / TOTALS).write_text("spoilt")
    with pytest.raises(DataError, match="match_year"):
        build(inputs)
    assert live_build_id(inputs) == former
    assert open_catalog(inputs.database).build_id == former


def test_no_number_is_given_twice(inputs):
    ensure(inputs)
    damage(kept.live_file(inputs), "noise")
    ensure(inputs)
    assert kept.live_file(inputs).name.startswith("000002-")


def test_what_is_served_stays_where_the_published_name_goes_away(inputs):
    next_year(inputs)
    published, year = ensure(inputs), newest_year(inputs)
    served = open_catalog(inputs.database)
    inputs.database.unlink()
    assert open_catalog(inputs.database) is served
    inputs.database.symlink_to(inputs.database.name)
    assert open_catalog(inputs.database) is served
    for file in inputs.builds.glob("*"):
        file.unlink()
    assert open_catalog(inputs.database).applicant_types().shape[0] == 6
    assert ensure(inputs) == published
    assert (open_catalog(inputs.database).build_id, newest_year(inputs)) == (published, year)


def test_a_live_build_cut_under_a_running_app_gives_way_to_a_whole_one(inputs):
    first = ensure(inputs)
    next_year(inputs)
    second = ensure(inputs)
    assert open_catalog(inputs.database).build_id == second
    damage(kept.live_file(inputs), "cut")
    assert open_catalog(inputs.database).build_id == first
    assert ensure(inputs) == second
    assert open_catalog(inputs.database).build_id == second
    assert newest_year(inputs) == 2027


def test_the_same_build_made_eight_times_leaves_one_file_and_no_open_ones(inputs):
    build(inputs)
    next_year(inputs)
    open_files = []
    for _ in range(8):
        build(inputs)
        open_catalog(inputs.database).totals()
        open_files.append(len(os.listdir("/proc/self/fd")))
    assert len(list(inputs.builds.glob("*.duckdb"))) == 2
    assert open_files[-1] <= open_files[1]
