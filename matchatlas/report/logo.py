"""The tutor's logo: a picture that was looked at before it goes into a document."""

import base64
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image
from PIL.Image import Transpose

LARGEST_FILE = 2_000_000  # bytes
MOST_PIXELS = 16_000_000  # of the file as it is: a telephone's picture
MOST_DECODED = 6_000_000  # pixels that are held at once: 48 MB
LONGEST_SIDE = 8_000  # pixels: lines cost as well, however short they are
ORIENTATION = 0x0112  # EXIF's tag
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
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
    """The logo in a PNG or JPEG file, upright, reduced and without metadata.

    Raises LogoError for a file that is too large, of another kind, or broken.
    """
    if len(content) > LARGEST_FILE:
        raise LogoError(f"The logo has {len(content):,} bytes; it may have {LARGEST_FILE:,}.")
    try:
        with Image.open(BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            width, height = picture.size
            picture.draft(None, (max(SIZE), max(SIZE)))  # a JPEG is decoded no larger than needed
            if (
                width * height > MOST_PIXELS
                or max(width, height) > LONGEST_SIDE
                or picture.width * picture.height > MOST_DECODED
            ):
                raise LogoError(f"The logo has {width} x {height} pixels; save it smaller.")
            drawn = _upright(_of_eight_bits(picture).convert("RGBA"), picture)
    except LogoError:
        raise
    except Image.DecompressionBombError:
        raise LogoError("The logo has too many pixels; save it smaller.") from None
    except Exception:  # a decoder fails in many ways on what is broken or made to break it
        raise LogoError("The logo is no whole PNG or JPEG picture: save it as one of these.") from None
    drawn.thumbnail(SIZE)
    kept = BytesIO()
    drawn.save(kept, "PNG")
    return Logo(kept.getvalue(), *drawn.size)


def _of_eight_bits(picture: Image.Image) -> Image.Image:
    """The picture, where it is of 16-bit grey: reckoned down, since Pillow would cut it off at white."""
    if not picture.mode.startswith("I"):
        return picture
    shades = np.asarray(picture)
    grey = Image.fromarray((shades >> 8).astype(np.uint8))
    clear = picture.info.get("transparency")
    if clear is None:
        return grey
    return Image.merge("LA", (grey, Image.fromarray(np.uint8(255) * (shades != clear))))


def _upright(drawn: Image.Image, picture: Image.Image) -> Image.Image:
    """The drawn picture turned as its camera held it, where the file says so."""
    try:
        turn = TURNS.get(picture.getexif().get(ORIENTATION, 0))
    except Exception:  # broken notes of a camera are no reason to refuse a picture
        turn = None
    return drawn.transpose(turn) if turn is not None else drawn
