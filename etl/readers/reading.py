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
