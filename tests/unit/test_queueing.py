"""The queue that says how many replicas a crowd needs, against what is known and against a queue played."""

import random

import pytest

from benchmarks import queueing


def test_who_is_alone_waits_for_the_run_alone():
    assert queueing.waits(1, 20.0, 0.07) == pytest.approx((0.07, 1 / 20.07))


def test_beyond_what_a_core_can_do_everybody_waits_for_everybody():
    wait, rate = queueing.waits(2_000, 20.0, 0.07)
    assert rate == pytest.approx(1 / 0.07, rel=0.001)
    assert wait == pytest.approx(2_000 * 0.07 - 20.0, rel=0.001)


def test_runs_a_second_and_waits_belong_together():
    for visitors in (3, 50, 250, 400):
        wait, rate = queueing.waits(visitors, 22.5, 0.07)
        assert rate * (22.5 + wait) == pytest.approx(visitors)


def played(visitors: int, pause: float, processor: float, runs: int) -> float:
    """The mean wait at one core divided among those who wait, whose runs all take alike, played through."""
    chance = random.Random(7)
    now, waits = 0.0, []
    reading = [chance.uniform(0.5 * pause, 1.5 * pause) for _ in range(visitors)]
    at_work: list[list[float]] = []  # what is left to do, and since when
    while len(waits) < runs:
        comes = min(reading, default=float("inf"))
        ends = now + len(at_work) * min(at_work)[0] if at_work else float("inf")
        then = min(comes, ends)
        for one in at_work:
            one[0] -= (then - now) / len(at_work)
        now = then
        if comes <= ends:
            reading.remove(comes)
            at_work.append([processor, now])
        else:
            done = min(at_work)
            at_work.remove(done)
            waits.append(now - done[1])
            reading.append(now + chance.uniform(0.5 * pause, 1.5 * pause))
    return sum(waits[runs // 5 :]) / len(waits[runs // 5 :])


@pytest.mark.parametrize("visitors", [40, 200, 330, 500])
def test_a_queue_that_is_played_waits_as_long(visitors):
    wait, _ = queueing.waits(visitors, 22.5, 0.07)
    assert wait == pytest.approx(played(visitors, 22.5, 0.07, 20_000), rel=0.15)


def test_replicas_leave_a_part_of_each_core_free_and_one_less_would_not():
    for visitors in (1, 1_000, 10_000):
        count = queueing.replicas(visitors, 22.5, 0.07)
        _, rate = queueing.waits(visitors / count, 22.5, 0.07)
        assert rate * 0.07 <= queueing.MOST_BUSY + 0.01
        if count > 1:
            _, rate = queueing.waits(visitors / (count - 1), 22.5, 0.07)
            assert rate * 0.07 > queueing.MOST_BUSY
