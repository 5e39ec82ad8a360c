"""What is wrong with an input, said so that a person can mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule: the place, the value that stands there, the rule and the mend.

    `line` counts from 1 as an editor does; it is None where the whole file is meant.
    """

    file: str
    rule: str
    mend: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", row {self.line}"
        if self.column:
            place += f", column {self.column}"
        value = f": {self.value!r}" if self.value is not None else ""
        return f"{place}{value}. Rule: {self.rule}. Mend: {self.mend}."


class DataError(Exception):
    """Inputs that break their contract. `problems` holds every one that was found."""

    SHOWN = 20

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        lines = [str(problem) for problem in problems[: self.SHOWN]]
        if len(problems) > self.SHOWN:
            lines.append(f"... and {len(problems) - self.SHOWN} more")
        super().__init__("\n".join(lines))

    def __reduce__(self):
        return DataError, (self.problems,)
