"""What a benchmark hands over: a titled table with a note on how to read it."""

from dataclasses import dataclass

from etl.paths import ROOT

BARE = ROOT / "benchmarks" / "bare_page.py"
PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))


@dataclass(frozen=True)
class Table:
    """columns: the header; rows: text or numbers, one value a column; note: how it was measured."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: list[tuple]

    def markdown(self) -> str:
        """The table as Markdown; numbers to three figures."""
        lines = [f"## {self.title}", "", self.note, "", _line(self.columns)]
        lines.append(_line("---" if number == 0 else "---:" for number in range(len(self.columns))))
        return "\n".join([*lines, *(_line(map(_told, row)) for row in self.rows), ""])


def _line(cells) -> str:
    return f"| {' | '.join(cells)} |"


def _told(value) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def address_of(page: str) -> str:
    """A page's path in the address: the start page has none."""
    return "" if page == "start" else page


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used."""
    fields = _status(pid, "stat").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident_mb(pid: int) -> float:
    """Memory a process holds, in MB."""
    return int(_status(pid, "status").split("VmRSS:")[1].split()[0]) / 1000


def _status(pid: int, name: str) -> str:
    with open(f"/proc/{pid}/{name}") as file:
        return file.read()
