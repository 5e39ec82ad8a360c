"""Replicas that end while people use them: nobody's plan is lost."""

from concurrent.futures import ThreadPoolExecutor

from benchmarks import rolling


def test_no_plan_is_lost_where_a_replica_is_killed_or_all_are_restarted():
    # In a thread of its own: the other tests' browser has the event loop of this one.
    with ThreadPoolExecutor(1) as apart:
        table = apart.submit(rolling.measure, people=1, at_work=2).result()
    for what, people, there, again, *_, lost, begun_again in table.rows:
        assert there == again == people, what
        assert begun_again == lost, what
    assert lost, "the visitors at work have not seen a restart"
