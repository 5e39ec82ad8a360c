"""How many replicas a crowd needs: a queue fed with measured processor times.

A replica runs its visitors' scripts in threads that share one interpreter: one server, divided among
those who wait. Visitors read for a while between two runs. The mean wait in such a closed system follows
from Mean Value Analysis, whatever the distribution of the processor times (Reiser and Lavenberg, "Mean-value
analysis of closed multichain queuing networks", Journal of the ACM 27(2), 1980).
"""

from math import ceil

MOST_BUSY = 0.6  # of a replica's core: what is left is for those whom the cookies spread unevenly


def waits(visitors: float, pause: float, processor: float) -> tuple[float, float]:
    """Mean wait for a run in seconds, and runs a second, of visitors at one replica.

    pause: seconds a visitor reads between two runs; processor: seconds of a core a run takes.
    """
    wait = present = rate = 0.0
    for count in range(1, max(1, round(visitors)) + 1):
        wait = processor * (1 + present)
        rate = count / (pause + wait)
        present = rate * wait
    return wait, rate


def replicas(visitors: int, pause: float, processor: float) -> int:
    """How many replicas keep each below MOST_BUSY of its core."""
    return max(1, ceil(visitors * processor / (MOST_BUSY * (pause + processor))))
