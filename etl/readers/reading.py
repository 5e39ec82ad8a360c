"""What a reader hands back."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Reading:
    """The rows of a document as text cells under a contract's column names, and what to tell.

    notes: a sentence each, for what was left out or is not as usual, with its place.
    """

    rows: pd.DataFrame
    notes: tuple[str, ...] = ()


def told_pages(numbers: list[int]) -> str:
    """Pages as a person writes them: "pages 1 to 5 and 9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return f"page{'s' if len(numbers) > 1 else ''} {listed}"
