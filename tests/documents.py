"""Test documents in the publishers' layouts, with figures that are visibly made up.

Every generator is driven by a seed and returns what it printed, so that a reader can be held
against it.
"""

import random

import openpyxl
from fpdf import FPDF

STATES = [
    "Alabama",
    "California",
    "District of Columbia",
    "New York",
    "Puerto Rico",
    "Texas",
    "Wyoming",
]
SPECIALTIES = [
    "Anesthesiology (PGY-1)", "Anesthesiology (PGY-2)", "Child Neurology (Physician)", "Family Medicine (PGY-1)",
    "Internal Medicine (PGY-1)", "Internal Medicine/Emergency Med (PGY-1)", "Nuclear Medicine (PGY-2)",
    "Public Health and Preventive Medicine (Physician)", "Physical Medicine and Rehabilitation (PGY-2)",
    "Psychiatry (PGY-1)", "Osteopathic Neuromusculoskeletal", "Interventional Radiology (Integrated) (PGY-2)",
]  # fmt: skip
HEADINGS = ["Pos.", "No. Filled", "MD Sr", "MD Gr", "DO Sr", "DO Gr", "US IMG", "IMG", "Oth",
            "% MD Sr", "% Tot"]  # fmt: skip
LINE = 9
TOP, BOTTOM = 60, 690
NAME_WIDTH, CELL = 88, 17.5


class _StatePdf:
    """Rows set into two columns a page, as the publisher does."""

    def __init__(self, draw: random.Random):
        self.pdf = FPDF(unit="pt", format="letter")
        self.pdf.set_auto_page_break(False)
        self.draw, self.column, self.y = draw, 1, BOTTOM

    def next_column(self) -> None:
        self.column = 1 - self.column
        self.y = TOP
        if self.column == 0:
            self.pdf.add_page()
            self.pdf.set_font("Helvetica", size=9)
            self.put(200, 30, "Main Residency Match")
            self.pdf.set_font("Helvetica", size=5)
            self.put(30, 715, "Key: Pos. = Positions, MD Sr = seniors of U.S. MD schools, MD Gr = graduates of U.S. "
                              "MD schools, Oth = other applicants; % Tot = percent filled")  # fmt: skip
            self.put(300, 740, f"Page {self.pdf.page_no()}")

    @property
    def left(self) -> float:
        return 22 + self.column * 290

    def put(self, x: float, y: float, text: str, right: bool = False) -> None:
        self.pdf.text(x - (self.pdf.get_string_width(text) if right else 0), y, text)

    def heading(self, state: str) -> None:
        self.pdf.set_font("Helvetica", "B", 5)
        lines = self.wrapped(state, NAME_WIDTH * self.draw.choice([0.4, 1.0]))
        stacked = self.draw.choice([(1, 9, 10), range(1, 11)])
        self.put(self.left, self.y, lines[0])
        for place, name in enumerate(HEADINGS):
            x = self.left + NAME_WIDTH + CELL * (place + 1)
            first, _, second = name.partition(" ")
            self.put(x, self.y, first if place in stacked and second else name, right=True)
            if place in stacked:
                self.put(x, self.y + 5.5, second, right=True)
        if len(lines) > 1:
            self.put(self.left, self.y + 5.5, lines[1])
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


def state_pdf(
    path, seed: int, states=STATES, rows_of=lambda draw: draw.randint(1, 12)
) -> list[dict]:
    """*Match Results by State, Specialty and Applicant Type*; returns the rows it printed."""
    draw = random.Random(seed)
    document, printed = _StatePdf(draw), []
    for state in states:
        if document.y > BOTTOM - 60:
            document.next_column()
        document.heading(state)
        for specialty in sorted(draw.sample(SPECIALTIES, min(rows_of(draw), len(SPECIALTIES)))):
            if document.y > BOTTOM - 20:
                document.next_column()
                document.heading(f"{state} (cont.)")
            parts = [draw.choice([0, 0, 1, 3, 12, 140]) for _ in range(7)]
            filled = sum(parts)
            offered = filled + draw.choice([0, 0, 2])
            share = [100 * n / offered if offered else 0 for n in (parts[0], filled)]
            document.row(
                specialty,
                [f"{n:,}" for n in (offered, filled, *parts)] + [f"{s:.1f}" for s in share],
            )
            name, _, level = specialty.rpartition(" (")
            printed.append({"state": state, "specialty": name or specialty,
                            "level": level.rstrip(")") if name else "", "positions_offered": str(offered),
                            "positions_filled": str(filled), "filled_us_img": str(parts[4])})  # fmt: skip
        document.y += LINE
    document.pdf.output(path)
    return printed


def _word(number: int) -> str:
    """A made-up name: publishers' names are told apart by letters."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).title()


def program_pdf(path, seed: int, programs: int = 100) -> list[dict]:
    """*Program Results*; returns state, code, and the pairs it printed, newest first."""
    draw = random.Random(seed)
    own_line = draw.choice([False, True])  # where the city stands
    pdf = FPDF(unit="pt", format="letter", orientation="landscape")
    pdf.set_auto_page_break(False)
    for page in range(draw.randint(1, 3)):
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
        pdf.text(60, 80, f"Front matter, part {page + 1}: how to read these tables")
    y, printed = 1000.0, []
    state = institution = None
    for number in range(programs):
        new_state = draw.choice(STATES) if state is None or draw.random() < 0.1 else state
        new_institution = (
            institution if institution and draw.random() < 0.6 and new_state == state else number
        )
        if y > 540:
            pdf.add_page()
            pdf.set_font("Helvetica", size=8)
            pdf.text(430, 30, "        ".join(str(year) for year in range(2026, 2021, -1)))
            pdf.text(50, 40, "Program Name")
            pdf.text(250, 40, "Code")
            for place in range(10):
                pdf.text(400 + 35 * place, 40, ("Quota", "Filled")[place % 2])
            pdf.text(60, 600, "Main Residency Match, a made-up report")
            pdf.text(700, 600, f"Page {pdf.page_no()}")
            y = 56
        if new_state != state:
            state = new_state
            pdf.text(30, y, state.upper() if draw.random() < 0.3 else state)
            y += 14
        if new_institution != institution:
            institution = new_institution
            pdf.text(40, y, f"{_word(institution)} Med Ctr")
            y += 14 * own_line
            pdf.text(40 if own_line else 300, y, f"{_word(institution)} City")
            y += 14
        code = f"{1000 + number}{draw.choice(['140', '120', '700'])}{draw.choice('CPM')}{draw.randint(0, 9)}"
        pairs = [
            None if draw.random() < 0.15 else (q := draw.randint(1, 40), draw.randint(0, q))
            for _ in range(5)
        ]
        pdf.text(
            50,
            y,
            draw.choice(["Internal Medicine", "Family Medicine", "Program 17 of a long name"]),
        )
        pdf.text(250, y, code)
        for place, pair in enumerate(pairs):
            for side, figure in enumerate(pair or ("--", "--")):
                pdf.text(400 + 70 * place + 30 * side, y, str(figure))
        printed.append({"state": state, "institution": f"{_word(institution)} Med Ctr",
                        "city": f"{_word(institution)} City", "code": code, "pairs": pairs})  # fmt: skip
        y += 14
    pdf.output(path)
    return printed


def wide_xlsx(
    path, rows: list[dict], columns: dict[str, tuple[str, str]], total: bool = True
) -> None:
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
        sums = [
            sum(row[key] for row in rows) if isinstance(rows[0][key], int) else None
            for key in columns
        ]
        sheet.append(["Total", *sums[1:]])
    sheet.append(["* A footnote about the table"])
    book.save(path)
