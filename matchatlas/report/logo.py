"""The tutor's logo: a picture that was looked at before it goes into a document."""

import base64
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 2_000_000  # bytes
MOST_PIXELS = 16_000_000
SIZE = (900, 480)  # the most that is kept: print resolution of the place it stands in


class LogoError(ValueError):
    """A file that is no logo; str() says why and what to do."""


@dataclass(frozen=True)
class Logo:
    """A verified logo, drawn anew as PNG: its bytes, width and height in pixels."""

    content: bytes
    width: int
    height: int

    @property
    def link(self) -> str:
        """The picture as a data link, for HTML."""
        return "data:image/png;base64," + base64.b64encode(self.content).decode()

    @property
    def svg(self) -> str:
        """The picture as SVG, for Typst, whose files in memory are text."""
        size = f'width="{self.width}" height="{self.height}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{self.link}"/></svg>'


def read_logo(content: bytes) -> Logo:
    """The logo in a PNG or JPEG file, reduced and without metadata.

    Raises LogoError for a file that is too large, of another kind, or broken.
    """
    if len(content) > LARGEST_FILE:
        raise LogoError(f"The logo has {len(content):,} bytes; it may have {LARGEST_FILE:,}.")
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoError(f"The logo has {picture.width} x {picture.height} pixels; save it "
                                "smaller.")  # fmt: skip
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise LogoError(
            "The logo is no whole PNG or JPEG picture: save it as one of these."
        ) from None
    drawn.thumbnail(SIZE)
    kept = BytesIO()
    drawn.save(kept, "PNG")
    return Logo(kept.getvalue(), *drawn.size)
