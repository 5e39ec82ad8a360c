"""The report as one file of HTML: nothing is fetched, nothing runs, all that was typed is escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from matchatlas.report.content import Content
from matchatlas.report.figures import figures
from matchatlas.report.logo import Logo
from matchatlas.report.words import SECTIONS

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(content: Content, logo: Logo | None = None) -> bytes:
    """The report as the bytes of an HTML file (UTF-8)."""
    template = _environment.get_template("report.html.j2")
    return template.render(d=content, figures=figures(content), sections=SECTIONS, logo=logo).encode()
