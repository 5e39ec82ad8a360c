"""Logos as telephones, scanners and attackers make them: upright, in their own shades, or refused."""

import resource
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from matchatlas.report.logo import LARGEST_FILE, LONGEST_SIDE, SIZE, LogoError, read_logo
from tests.pages.test_report import ROWS, run


def saved(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    kept = BytesIO()
    picture.save(kept, kind, **options)
    return kept.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    """The PNG with a chunk more, right behind its header."""
    return png[:33] + chunk(kind, data) + png[33:]


def drawn(content: bytes) -> Image.Image:
    return Image.open(BytesIO(read_logo(content).content)).convert("RGBA")


PLAIN = Image.new("RGB", (40, 20), "#005A8C")
# Red above, blue below, so that it tells how it is turned.
TALL = Image.new("RGB", (100, 200), "#0000FF")
TALL.paste("#FF0000", (0, 0, 100, 100))
TURNED = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    7: Image.Transpose.TRANSVERSE,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_picture_stands_upright_however_the_camera_was_held(orientation, kind):
    turn, exif = TURNED[orientation], Image.Exif()
    exif[0x0112] = orientation
    as_held = TALL.transpose(turn) if turn is not None else TALL
    found = drawn(saved(as_held, kind, exif=exif))
    assert found.size == (100, 200)
    top, bottom = found.getpixel((50, 20)), found.getpixel((50, 180))
    assert top[0] > 200 > 60 > top[2] and bottom[2] > 200 > 60 > bottom[0]


def test_broken_notes_of_a_camera_do_no_harm():
    for notes in (
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40,
    ):
        assert drawn(saved(PLAIN, "JPEG", exif=notes)).size == (40, 20)


@pytest.mark.parametrize("transparent", [False, True])
def test_sixteen_bit_grey_keeps_its_shades(transparent):
    shades = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    content = saved(Image.fromarray(shades))
    if transparent:
        content = with_chunk(content, b"tRNS", struct.pack(">H", int(shades[0, 3])))
    found = np.asarray(drawn(content))
    assert found[..., 0].ravel().tolist() == list(range(256))
    assert (found[..., 3] == 0).sum() == int(transparent)


@pytest.mark.parametrize(
    "picture",
    [PLAIN.convert("L"), PLAIN.convert("1"), PLAIN.convert("P"), PLAIN.convert("LA"), PLAIN.convert("RGBA")],
    ids=lambda picture: picture.mode,
)
def test_other_kinds_of_pictures_are_logos_too(picture):
    assert drawn(saved(picture)).size == (40, 20)
    for mode in ("CMYK", "L"):
        assert drawn(saved(PLAIN.convert(mode), "JPEG")).size == (40, 20)


def long_text(kind: bytes) -> bytes:
    squeezed = zlib.compress(b"x" * 80_000_000, 9)
    head = b"c\0\0" if kind == b"zTXt" else b"c\0\x01\0\0\0"
    return with_chunk(saved(PLAIN), kind, head + squeezed)


BROKEN = {
    "a long text": long_text(b"zTXt"),
    "a long text in Unicode": long_text(b"iTXt"),
    "a profile of colors that is long": with_chunk(
        saved(PLAIN), b"iCCP", b"c\0\0" + zlib.compress(b"x" * 80_000_000, 9)
    ),
    "a bad checksum": saved(PLAIN)[:40] + b"\xff\xff" + saved(PLAIN)[42:],
    "no data": saved(PLAIN)[:33],
    "cut short": saved(TALL.resize((400, 800)), "JPEG")[:900],
    "a picture of no width": saved(PLAIN)[:16] + struct.pack(">II", 0, 5) + saved(PLAIN)[24:],
    "another kind": saved(PLAIN, "GIF"),
    "no picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
    "text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_refused_in_one_way(content):
    with pytest.raises(LogoError, match="is no whole PNG or JPEG picture: save it as one of these"):
        read_logo(content)


@pytest.mark.parametrize(
    "size", [(1, 16_000_000), (16_000_000, 1), (LONGEST_SIDE + 1, 10), (4000, 4000), (65_500, 65_500)]
)
def test_a_picture_is_bounded_by_its_pixels_and_its_sides_before_it_is_decoded(size):
    header = struct.pack(">II", *size) + b"\x08\x02\0\0\0"
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(LogoError, match="pixels; save it smaller"):
        read_logo(content)


def test_a_telephones_picture_is_taken_in_little_memory():
    noise = Image.effect_noise((1000, 750), 40).resize((4000, 3000)).convert("RGB")
    content = saved(noise, "JPEG", quality=25)
    assert len(content) < LARGEST_FILE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    logo = read_logo(content)
    assert (logo.width, logo.height) == (640, SIZE[1])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kilobytes


def test_a_batch_is_made_without_a_logo_that_cannot_be_read(tmp_path):
    file = tmp_path / "logo.png"
    file.write_bytes(long_text(b"zTXt"))
    done = run(tmp_path, "\n".join(ROWS.splitlines()[:2]), "--format", "html", "--logo", str(file))
    assert done.exit_code == 0
    assert "logo.png: The logo is no whole PNG or JPEG picture" in done.output
    assert "1 of 1 reports are in" in done.output
