"""The report as a PDF: tagged (PDF/UA-1), fonts embedded, charts as vectors.

Typst sets it, in process, with the Noto fonts that are installed with the product: no browser, no
network and no font of the machine has a part in it. They have the scripts of the countries that
most international graduates come from: Arabic, Armenian, Bengali, Chinese, Cyrillic, Devanagari,
Ethiopic, Georgian, Greek, Gujarati, Gurmukhi, Hebrew, Japanese, Kannada, Khmer, Korean, Lao, Latin,
Malayalam, Myanmar, Odia, Sinhala, Tamil, Telugu and Thai.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

import typst

from matchatlas.report.content import Content
from matchatlas.report.figures import SIZE, WIDTH, figures
from matchatlas.report.logo import Logo
from matchatlas.report.words import SECTIONS

Paper = Literal["a4", "letter"]
PAPERS: tuple[str, ...] = get_args(Paper)
TYPST_PAPERS = {"a4": "a4", "letter": "us-letter"}
TEMPLATE = Path(__file__).with_name("report.typ")
FONT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")


def render(content: Content, paper: Paper = "a4", logo: Logo | None = None) -> bytes:
    """The report as the bytes of a PDF.

    A character that no font has is an empty box, and the report says so; every other failure to
    set it raises typst.TypstError.
    """
    try:
        return _compiled(content, paper, logo, unshown=False, standards=["ua-1"])
    except typst.TypstError as error:
        if "PDF/UA" not in str(error):
            raise
    # A missing glyph breaks the accessibility standard, but a report without it serves the client.
    return _compiled(content, paper, logo, unshown=True, standards=[])


def _compiled(
    content: Content, paper: Paper, logo: Logo | None, unshown: bool, standards: list[str]
) -> bytes:
    drawn = figures(content)
    data = _plain(content) | {
        "figures": {
            name: {"title": f.title, "alt": f.alt, "labels": list(f.labels)} for name, f in drawn.items()
        },
        "chart_width": WIDTH,
        "label_size": SIZE,
        "sections": SECTIONS,
        "paper": TYPST_PAPERS[paper],
        "unshown": unshown,
        "logo": logo is not None,
        "logo_alt": f"Logo of {content.tutor or 'the tutor'}",
    }
    parts = {"main.typ": TEMPLATE.read_bytes(), "content.json": json.dumps(data, default=_plain).encode()}
    parts |= {f"{name}.svg": figure.marks.encode() for name, figure in drawn.items()}
    if logo:
        parts["logo.svg"] = logo.svg.encode()
    return typst.compile(  # type: ignore[call-overload]  # its stubs know no dictionary of files
        parts, format="pdf", font_paths=_fonts(), pdf_standards=standards
    )


def _plain(part: object) -> dict:
    """A part of the content for JSON: its fields, and its properties too."""
    properties = [name for name, value in vars(type(part)).items() if isinstance(value, property)]
    return vars(part) | {name: getattr(part, name) for name in properties}


@cache
def _fonts() -> typst.Fonts:
    paths = [str(files(name)) for name in FONT_PACKAGES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)
