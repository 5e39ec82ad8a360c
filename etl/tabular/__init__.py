"""One tolerant reader for whatever a person hands over as a table: CSV, XLSX, XLS and ODS.

`sheets` opens a file; `etl.readers.grid` finds a publisher's table in it, `lists` a list of rows
under a plain header, as the app's people bring them.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable

from etl.problems import DataError
from etl.tabular import text
from etl.tabular.sheet import Sheet, refuse
from etl.tabular.xlsx import Broken

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE = "save the table as CSV (UTF-8) or XLSX"
# What a file is that is no table here, by how it begins.
OTHERS = (
    (rb"%PDF", "a PDF"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*", "a picture"),
    (rb"PAR1", "Parquet"),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd", "a packed archive: unpack it first"),
    (rb"SQLite format 3", "an SQLite database"),
    (rb"\{\\rtf", "an RTF text"),
    (rb"(?is)\s*<\?xml(?!.{0,2000}<html)", "XML"),
    (
        rb"(?is)\s*<.{0,2000}<(html|table|body|td)\b|\s*<(!doctype html|html|head|body|table)\b",
        "HTML, a page saved from a browser or a system's “Excel export”: open it in a spreadsheet first",
    ),
    (rb"\s*<[A-Za-z!][\w:-]*[\s>]", "XML"),
    (rb"\s*(\{|\[\s*[\[{\"\]\d-])", "JSON"),
)


def sheets(
    content: bytes, file: str, largest: int, known: Callable[[str], bool] = lambda _: False
) -> list[Sheet]:
    """Every sheet of a file, whose kind is told by its bytes, not by its name.

    largest: bytes it may have, unpacked; known: whether a cell is a header that is looked for.
    Raises DataError, saying what the file is and what to do, where it is no table that is read.
    """
    start = content.removeprefix(b"\xef\xbb\xbf")
    if not start.strip(b"\0\t\n\r "):
        raise refuse(file, "is not empty", "save or download it again")
    if len(content) > largest:
        raise refuse(
            file,
            f"is at most {largest:,} bytes",
            "split it, or leave out what is not needed",
            value=f"{len(content):,} bytes",
        )
    if content.startswith(b"PK"):
        return _packed(content, file, largest)
    if content.startswith(OLE):
        return _ole(content, file)
    for sign, kind in OTHERS:
        if re.match(sign, start[:4096]):
            raise refuse(file, "is CSV, XLSX, XLS or ODS", f"{SAVE}: this is {kind}")
    sheet = text.read(content, file, known)
    if not sheet.rows:
        raise refuse(file, "is not empty", "save or download it again")
    return [sheet]


def _packed(content: bytes, file: str, largest: int) -> list[Sheet]:
    kind = "XLSX"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.casefold() for name in archive.namelist()}
            if "xl/workbook.xml" in names:
                from etl.tabular.xlsx import read
            elif "content.xml" in names and b"spreadsheet" in content[:200]:
                kind = "ODS"
                from etl.tabular.ods import read
            else:
                raise refuse(file, "is CSV, XLSX, XLS or ODS", f"{SAVE}: this is {_other(names, content)}")
            size = sum(
                part.file_size for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))
            )
            if size > largest:
                raise refuse(
                    file,
                    f"is at most {largest:,} bytes unpacked",
                    "copy the table's own rows to a new workbook, or save it as CSV (UTF-8)",
                    value=f"{size:,} bytes",
                )
            if found := [sheet for sheet in read(archive) if sheet.rows]:
                return found
            reason = "no sheet of it holds anything"
    except DataError:
        raise
    except RecursionError:
        reason = "it is nested too deep"
    except (
        Broken,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        LookupError,
        ValueError,
        ArithmeticError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        reason = (
            str(error)
            if isinstance(error, Broken | zipfile.BadZipFile | RuntimeError)
            else "a part is spoiled"
        )
    raise refuse(file, f"is a whole {kind} workbook", f"save or download it again ({reason})")


def _other(names: set[str], content: bytes) -> str:
    if "xl/workbook.bin" in names:
        return "XLSB, a binary workbook"
    if any(name.startswith("word/") for name in names) or b"opendocument.text" in content[:200]:
        return "a word processor's document: export the table as CSV or XLSX"
    if b"opendocument.spreadsheet" in content[:200]:
        return "an ODS workbook that is cut short or protected by a password"
    if any(name.startswith("index/") or name.endswith(".iwa") for name in names):
        return "a Numbers document: export it as CSV or Excel"
    return "a ZIP archive: unpack it first" if names else "a packed file that is broken"


def _ole(content: bytes, file: str) -> list[Sheet]:
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise refuse(
            file, "is a workbook without a password", "open it, take the password off, and save it again"
        )
    if "WordDocument".encode("utf-16-le") in content:
        raise refuse(file, "is CSV, XLSX, XLS or ODS", f"{SAVE}: this is a Word document")
    from etl.tabular import xls

    try:
        return xls.read(content)
    except Broken as error:
        raise refuse(file, "is a whole XLS workbook", f"save it as XLSX or CSV (UTF-8) ({error})") from None
