"""Test documents in the publishers' layouts, with figures that are visibly made up.

Every generator is driven by a seed and returns what it printed, so that a reader can be held
against it.
"""

import random

import openpyxl
from fpdf import FPDF

STATES = ["Alabama", "California", "District of Columbia", "New York", "Puerto Rico", "Texas", "Wyoming"]
SPECIALTIES = [
    "Anesthesiology (PGY-1)",
    "Anesthesiology (PGY-2)",
    "Child Neurology (Physician)",
    "Family Medicine (PGY-1)",
    "Internal Medicine (PGY-1)",
    "Internal Medicine/Emergency Med (PGY-1)",
    "Nuclear Medicine (PGY-2)",
    "Public Health and Preventive Medicine (Physician)",
    "Physical Medicine and Rehabilitation (PGY-2)",
    "Psychiatry (PGY-1)",
    "Osteopathic Neuromusculoskeletal",
    "Interventional Radiology (Integrated) (PGY-2)",
]
HEADINGS = [
    "Pos.",
    "No. Filled",
    "MD Sr",
    "MD Gr",
    "DO Sr",
    "DO Gr",
    "US IMG",
    "IMG",
    "Oth",
    "% MD Sr",
    "% Tot",
]
LINE = 9
TOP, BOTTOM = 60, 690
NAME_WIDTH, CELL = 88, 17.5


class _StatePdf:
    """Rows set into two columns a page, as the publisher does."""

    def __init__(self, draw: random.Random, title: str):
        self.pdf = FPDF(unit="pt", format="letter")
        self.pdf.set_auto_page_break(False)
        self.draw, self.title, self.column, self.y = draw, title, 1, BOTTOM

    def next_column(self) -> None:
        self.column = 1 - self.column
        self.y = TOP
        if self.column == 0:
            self.pdf.add_page()
            self.pdf.set_font("Helvetica", size=9)
            self.put(200, 30, self.title)
            self.pdf.set_font("Helvetica", size=5)
            self.put(
                30,
                715,
                "Key: Pos. = Positions, MD Sr = seniors of U.S. MD schools, MD Gr = graduates of U.S. "
                "MD schools, Oth = other applicants; % Tot = percent filled",
            )
            self.put(300, 740, f"Page {self.pdf.page_no()}")

    @property
    def left(self) -> float:
        return 22 + self.column * 290

    def put(self, x: float, y: float, text: str, right: bool = False) -> None:
        self.pdf.text(x - (self.pdf.get_string_width(text) if right else 0), y, text)

    def heading(self, state: str) -> None:
        self.pdf.set_font("Helvetica", "B", 5)
        lines = self.wrapped(state, NAME_WIDTH * self.draw.choice([0.4, 1.0]))
        stacked = self.draw.choice([(1, 6, 9, 10), range(1, 11)])
        bold_twice = self.draw.choice([False, True])
        if self.draw.choice([False, True]):  # a band over the applicant types
            self.put(self.left + NAME_WIDTH + 4 * CELL, self.y - 8, "Applicant Type")
        # Headings that stand one below the other are not set on the hair.
        jitter = self.draw.uniform(-0.4, 0.4)
        for shift in (0, 0.2) if bold_twice else (0,):
            for place, line in enumerate(lines):
                self.put(self.left + shift, self.y + 5.5 * place, line)
        for place, name in enumerate(HEADINGS):
            x = self.left + NAME_WIDTH + CELL * (place + 1) + jitter
            first, _, second = name.partition(" ")
            self.put(x, self.y, first if place in stacked and second else name, right=True)
            if place in stacked:
                self.put(x, self.y + 5.5, second, right=True)
        self.y += 2 * LINE
        self.pdf.set_font("Helvetica", size=5)

    def wrapped(self, text: str, width: float) -> list[str]:
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.pdf.get_string_width(longer) > width - 4 and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def row(self, specialty: str, numbers: list[str]) -> None:
        lines = self.wrapped(specialty, NAME_WIDTH * self.draw.choice([0.6, 0.8, 1.0]))
        self.put(self.left, self.y + self.draw.uniform(-0.4, 0.4), lines[0])
        for place, number in enumerate(numbers):
            self.put(self.left + NAME_WIDTH + CELL * (place + 1), self.y, number, right=True)
        for line in lines[1:]:
            self.y += 5.5
            self.put(self.left, self.y, line)
        self.y += LINE


def state_pdf_of(path, states: list[tuple[str, list[tuple[str, list[str]]]]]) -> None:
    """*Match Results by State, Specialty and Applicant Type* of given rows: (state as printed,
    [(specialty, numbers)])."""
    document = _StatePdf(random.Random(1), "Main Residency Match")
    document.next_column()
    for state, rows in states:
        document.heading(state)
        for specialty, numbers in rows:
            document.row(specialty, numbers)
        document.y += LINE
    document.pdf.output(path)


def state_pdf(
    path, seed: int, states=STATES, rows_of=lambda draw: draw.randint(1, 12), title="Main Residency Match"
) -> list[dict]:
    """*Match Results by State, Specialty and Applicant Type*; returns the rows it printed."""
    draw = random.Random(seed)
    document, printed = _StatePdf(draw, title), []
    for state in states:
        if document.y > BOTTOM - 60:
            document.next_column()
        document.heading(state)
        for specialty in sorted(draw.sample(SPECIALTIES, min(rows_of(draw), len(SPECIALTIES)))):
            if document.y > BOTTOM - 20:
                document.next_column()
                if goes_on := draw.choice([" (cont.)", " (cont.", ""]):
                    document.heading(f"{state}{goes_on}")
            parts = [draw.choice([0, 0, 1, 3, 12, 140]) for _ in range(7)]
            filled = sum(parts)
            offered = filled + draw.choice([0, 0, 2])
            share = [100 * n / offered if offered else 0 for n in (parts[0], filled)]
            document.row(
                specialty, [f"{n:,}" for n in (offered, filled, *parts)] + [f"{s:.1f}" for s in share]
            )
            name, _, level = specialty.rpartition(" (")
            printed.append(
                {
                    "state": state,
                    "specialty": name or specialty,
                    "level": level.rstrip(")") if name else "",
                    "positions_offered": str(offered),
                    "positions_filled": str(filled),
                    "filled_us_img": str(parts[4]),
                }
            )
        document.y += LINE
    document.pdf.output(path)
    return printed


def _word(number: int) -> str:
    """A made-up name: publishers' names are told apart by letters."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).title()


class ProgramPdf:
    """Institutions with a block of titles each and their programs, as both layouts set them: since
    2021 the city stands over the line of titles, before that on it."""

    FIGURES = ((277, 312), (347, 380), (415, 450), (483, 516), (549, 584))

    def __init__(self, draw: random.Random, newest: int):
        self.pdf = FPDF(unit="pt", format="letter")
        self.pdf.set_auto_page_break(False)
        self.draw, self.older, self.y = draw, draw.choice([False, True]), 1e9
        self.years = range(newest, newest - 5, -1)

    def put(
        self, x: float, y: float, text: str, right: bool = False, size: float = 9, bold: bool = False
    ) -> float:
        """Set a text and return where it ends."""
        self.pdf.set_font("Helvetica", "B" if bold else "", size)
        width = self.pdf.get_string_width(text)
        self.pdf.text(x - (width if right else 0), y, text)
        return x + (0 if right else width)

    def room(self, needed: float, going_on: tuple[str, str] | None = None) -> None:
        """A new page where there is no room; the institution goes on there under its titles."""
        if self.y + needed < 740:
            return
        self.pdf.add_page()
        self.put(90, 40, "Program Results: a made-up report", size=15)
        self.put(170, 770, f"Not a publication    Page {self.pdf.page_no()} of 99", size=8)
        self.y = 72
        if going_on:
            self.institution(f"{going_on[0]} (Continued)", going_on[1])

    def front_matter(self) -> None:
        self.room(1e9)
        self.put(30, 90, "Program Code: 9099120C###, its ACGME code 1203521489 - Family Medicine")
        self.put(30, 120, "First Track: Program Code: 9099120C0")
        self.y = 1e9

    def institution(self, name: str, city: str) -> None:
        self.put(21, self.y, name, size=10, bold=True)
        years, quota = self.y + 13, self.y + 22
        self.put(21, quota if self.older else self.y + 17, city)
        self.put(216, years, "Program", size=8)
        self.put(222, quota + self.draw.choice([0, 2]) * (not self.older), "Code", size=8)
        for (left, right), year in zip(self.FIGURES, self.years, strict=True):
            self.put((left + right) / 2 - 8, years, str(year), size=8)
            self.put(left - 15, quota, "Quota", size=8)
            self.put(right - 15, quota, "Matched" if self.older else "Filled", size=8)
        self.y += 36

    def program(self, name: str, rest: str, code: str, pairs: list) -> None:
        end = self.put(19, self.y, name)
        self.put(max(end, 208), self.y, code)
        for (left, right), pair in zip(self.FIGURES, pairs, strict=True):
            quota, filled = pair or ("--", "--")
            self.put(left + 5, self.y, str(quota), right=True)
            self.put(right + 5, self.y, str(filled), right=True)
            if self.older and pair and filled < quota:
                self.put(right + 5, self.y - self.draw.choice([0, 1]), "*")
        if rest:
            self.y += 10
            self.put(19, self.y, rest)
        self.y += 12


def program_pdf(path, seed: int, programs: int = 100, newest: int = 2031) -> list[dict]:
    """*Program Results*; returns state, institution, city, code, and the pairs it printed, newest
    first."""
    draw = random.Random(seed)
    document, printed = ProgramPdf(draw, newest), []
    for _ in range(draw.randint(0, 2)):
        document.front_matter()
    state, institution = "", None
    for number in range(programs):
        if not state or draw.random() < 0.1:
            state, institution = draw.choice([name for name in STATES if name != state]), None
            document.room(90)
            document.y += 14
            document.put(21, document.y, state.upper(), size=12, bold=True)
            document.y += 20
        if not institution or draw.random() < 0.4:
            institution = (
                f"{_word(number)} Med Ctr{draw.choice(['', ', Inc.', '-NY'])}",
                draw.choice([f"{_word(number)} City", "New York"]),
            )
            document.room(70)
            document.y += 14
            document.institution(*institution)
        document.room(30, institution)
        kind = draw.choice(["140C", "120C", "700C", "140P"])
        code = f"{1000 + number}{kind}{draw.choice([str(draw.randint(0, 9)), '1A'])}"
        pairs = [
            None if draw.random() < 0.15 else (q := draw.randint(1, 40), draw.randint(0, q)) for _ in range(5)
        ]
        name, rest = draw.choice(
            [
                ("Internal Medicine", ""),
                ("Family Medicine", ""),
                ("Program 17 of a long name", "Available"),
                ("A program of a name so long that it runs up to it", ""),
            ]
        )
        document.program(name, rest, code, pairs)
        printed.append(
            {
                "state": state,
                "institution": institution[0],
                "city": institution[1],
                "code": code,
                "program": f"{name} {rest}".strip(),
                "pairs": pairs,
            }
        )
    document.pdf.output(path)
    return printed


def wide_xlsx(path, rows: list[dict], columns: dict[str, tuple[str, str]], total: bool = True) -> None:
    """A sheet as publishers make them: title above, header of two rows with merged cells, footnotes.

    columns: key -> (upper header, lower header); equal upper headers beside each other are merged.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Table 99. A made-up table"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    sheet.append([])
    uppers = [upper for upper, _ in columns.values()]
    sheet.append(uppers)
    sheet.append([lower for _, lower in columns.values()])
    start = 0
    for i in range(1, len(uppers) + 1):
        if i == len(uppers) or uppers[i] != uppers[start]:
            if i - start > 1:
                sheet.merge_cells(start_row=3, start_column=start + 1, end_row=3, end_column=i)
            start = i
    for row in rows:
        sheet.append([row[key] for key in columns])
    if total:
        sums = [sum(row[key] for row in rows) if isinstance(rows[0][key], int) else None for key in columns]
        sheet.append(["Total", *sums[1:]])
    sheet.append(["* A footnote about the table"])
    book.save(path)
