"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[float, str], None]  # a share from 0 to 1, and what is being done


def silent(share: float, message: str) -> None:
    """Progress nobody watches."""
