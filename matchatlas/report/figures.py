"""The report's charts as SVG, the same drawing for the PDF and the HTML.

Colors are those of `charts`; every mark's figure stands beside it in words, so that nothing is
told by color alone. The PDF sets the labels itself, since it knows every script's fonts and what
reads a drawing does not.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from matchatlas.charts.style import BLUE, GREY, RED
from matchatlas.report.content import Content, Curve, Evidence, Odds, Option

WIDTH = 640
LEFT, RIGHT = 190, 500  # where the scale from 0 to 100 % begins and ends
ROW = 30
SIZE = 14  # of the labels
LONGEST_NAME = 25  # Latin letters that fit to the left of the scale
INK, FAINT, PALE = "#1A1A1A", "#D9DEE3", "#9CC9E6"
FONTS = "Noto Sans, Segoe UI, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Label:
    """Words in a chart: their baseline's place, from the top left, and what of them stands there."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Figure:
    """A chart: its title states the finding, alt tells it to who does not see it.

    svg: the whole drawing; marks: the same without its labels, for who sets these by itself.
    """

    title: str
    alt: str
    svg: str
    marks: str
    labels: tuple[Label, ...]


def figures(content: Content) -> dict[str, Figure]:
    """Every chart the content has figures for, by name."""
    drawn = {}
    odds = content.chosen.odds
    if odds:
        drawn["hundred"] = hundred(odds)
    if odds and content.evidence and content.evidence.steps:
        drawn["steps"] = steps(content.evidence, odds)
    if content.evidence and content.evidence.curve:
        drawn["curve"] = curve(content.evidence.curve)
    compared = content.compared()
    if len(content.options) > 1 and compared:
        drawn["options"] = options(compared)
    return drawn


def hundred(odds: Odds) -> Figure:
    """A hundred applicants as dots: those who matched filled, the interval's doubt in pale."""
    svg = _svg(140)
    low, center, high = round(odds.low), round(odds.center), round(odds.high)
    for number in range(100):
        row, column = divmod(number, 20)
        fill = BLUE if number < low else PALE if number < high else "#FFFFFF"
        edge = BLUE if number < center else GREY
        _add(
            svg,
            "circle",
            cx=24 + 31 * column,
            cy=20 + 27 * row,
            r=9.5,
            fill=fill,
            stroke=edge,
            stroke_width=2.5 if number < center else 1,
        )
    return _finished(
        svg,
        f"Of 100 such applicants, about {center} matched",
        f"A hundred dots: {center} with a thick edge matched; {low} are filled, the low end of the "
        f"interval, and the pale ones reach to {high}, its high end.",
    )


def options(compared: list[tuple[Option, Odds]]) -> Figure:
    """The compared profiles as dots with intervals, in the comparison's order."""
    svg = _svg(ROW * len(compared) + 40)
    _scale(svg, ROW * len(compared) + 8)
    for (option, odds), middle in zip(compared, _rows(), strict=False):
        name = shortened(f"{option.letter}  {option.name}", LONGEST_NAME)
        color = GREY if option is compared[0][0] else BLUE
        _label(svg, LEFT - 12, middle + 5, name, anchor="end")
        _interval(svg, odds, middle, color)
        _label(svg, RIGHT + 12, middle + 5, f"{odds.rate}  ({odds.interval})")
    best, highest = max(compared, key=lambda pair: pair[1].center)
    return _finished(
        svg,
        f"{best.letter}, {best.name}, has the highest estimate: {highest.rate}",
        "Dots with 95 % intervals: "
        + "; ".join(f"{o.letter} {o.name} {odds.rate}, {odds.interval}" for o, odds in compared),
    )


def steps(evidence: Evidence, total: Odds) -> Figure:
    """From the base rate to the estimate, one bar a characteristic."""
    names = ["Base rate", *(name for name, _ in evidence.steps), "Estimate"]
    svg = _svg(ROW * len(names) + 40)
    _scale(svg, ROW * len(names) + 8)
    at = evidence.base.center
    bars = [(0.0, at, GREY, evidence.base.rate)]
    for _, points in evidence.steps:
        bars.append((at, at + points, BLUE if points >= 0 else RED, f"{points:+.1f} points"))
        at += points
    bars.append((0.0, total.center, GREY, total.rate))
    for name, (start, end, color, told), middle in zip(names, bars, _rows(), strict=False):
        first, last = sorted((start, end))
        _label(svg, LEFT - 12, middle + 5, shortened(name, LONGEST_NAME), anchor="end")
        _add(
            svg, "rect", x=_x(first), y=middle - 9, width=max(_x(last) - _x(first), 1), height=18, fill=color
        )
        _label(svg, _x(last) + 8, middle + 5, told)
    largest = max(evidence.steps, key=lambda step: abs(step[1]))
    return _finished(
        svg,
        f"{largest[0]} moves this estimate most: {largest[1]:+.1f} points",
        f"Bars from the base rate {evidence.base.rate} "
        + ", ".join(f"{name} {points:+.1f} points" for name, points in evidence.steps)
        + f" to the estimate {total.rate}",
    )


def curve(line: Curve) -> Figure:
    """The estimate along one characteristic, its interval as a band, the applicant's own point."""
    svg = _svg(225)
    values = [point[0] for point in line.points]
    left, right, top, bottom = 60, WIDTH - 20, 12, 178

    def x(value: float) -> float:
        return left + (right - left) * (value - values[0]) / (values[-1] - values[0])

    def y(percent: float) -> float:
        return bottom - (bottom - top) * percent / 100

    for tick in (0, 25, 50, 75, 100):
        _add(svg, "line", x1=left, x2=right, y1=y(tick), y2=y(tick), stroke=FAINT)
        _label(svg, left - 8, y(tick) + 4, f"{tick} %", anchor="end")
    for value in values:
        _label(svg, x(value), bottom + 20, f"{value:.0f}", anchor="middle")
    _label(svg, (left + right) / 2, bottom + 42, line.label, anchor="middle")
    band = [(x(v), y(high)) for v, _, _, high in line.points]
    band += [(x(v), y(low)) for v, _, low, _ in reversed(line.points)]
    _add(svg, "polygon", points=_points(band), fill=PALE, opacity=0.6)
    middle = [(x(v), y(center)) for v, center, _, _ in line.points]
    _add(svg, "polyline", points=_points(middle), fill="none", stroke=BLUE, stroke_width=3)
    own, percent = line.own
    if values[0] <= own <= values[-1]:
        _add(svg, "circle", cx=x(own), cy=y(percent), r=7, fill=RED, stroke="#FFFFFF", stroke_width=2)
    first, last = line.points[0], line.points[-1]
    told = f"from {first[1]:.0f} % at {first[0]:.0f} to {last[1]:.0f} % at {last[0]:.0f}"
    return _finished(
        svg,
        f"{line.label}: {told}",
        f"Curve of the estimate over {line.label}, {told}, with its 95 % interval as a band; the "
        f"profile's own point is {value:.0f} with {percent:.0f} %.",
    )


def _svg(height: float) -> ET.Element:
    return ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {WIDTH} {height}",
            "font-family": FONTS,
            "font-size": str(SIZE),
            "fill": INK,
        },
    )


def _add(parent: ET.Element, tag: str, **attributes: str | float) -> ET.Element:
    given = {name.replace("_", "-"): _number(value) for name, value in attributes.items()}
    return ET.SubElement(parent, tag, given)


def _number(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _label(svg: ET.Element, x: float, y: float, text: str, anchor: str = "start") -> None:
    _add(svg, "text", x=x, y=y, text_anchor=anchor).text = text


def _points(pairs: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _rows() -> Iterator[float]:
    """The middles of rows, from the top."""
    middle = ROW / 2
    while True:
        yield middle
        middle += ROW


def _x(percent: float) -> float:
    return LEFT + (RIGHT - LEFT) * percent / 100


def _scale(svg: ET.Element, bottom: float) -> None:
    for percent in (0, 25, 50, 75, 100):
        _add(svg, "line", x1=_x(percent), x2=_x(percent), y1=0, y2=bottom, stroke=FAINT)
        _label(svg, _x(percent), bottom + 18, f"{percent} %", anchor="middle")


def _interval(svg: ET.Element, odds: Odds, middle: float, color: str) -> None:
    _add(svg, "line", x1=_x(odds.low), x2=_x(odds.high), y1=middle, y2=middle, stroke=color, stroke_width=3)
    _add(svg, "circle", cx=_x(odds.center), cy=middle, r=7, fill=color)


def _finished(svg: ET.Element, title: str, alt: str) -> Figure:
    whole = ET.tostring(svg, encoding="unicode")
    labels = []
    for text in svg.findall("text"):
        at = text.attrib
        labels.append(Label(text.text or "", float(at["x"]), float(at["y"]), at["text-anchor"]))
        svg.remove(text)
    return Figure(title, alt, whole, ET.tostring(svg, encoding="unicode"), tuple(labels))


def shortened(text: str, most: int) -> str:
    """The text as wide as so many Latin letters at most; what is cut off ends with "…".

    No letter is parted from its marks. Other scripts' letters are reckoned as wider.
    """
    width, end = 0.0, 0
    while end < len(text):
        width += _width(text[end])
        if width > most:
            break
        end += 1
    if end == len(text):
        return text
    while end and (_hangs_on(text[end]) or _joins(text[end - 1])):
        end -= 1
    return text[:end].rstrip() + "…"


def _width(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 2
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 1 if sign < "\u0590" else 1.5


def _hangs_on(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M" or sign == "\u200d"


def _joins(sign: str) -> bool:
    return sign == "\u200d" or unicodedata.combining(sign) == 9  # a virama
