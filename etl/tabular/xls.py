"""XLS workbooks (Excel 97 to 2003), by xlrd, which knows number formats, merges and what is hidden."""

import io

import xlrd

from etl.tabular.sheet import Sheet, Typed, clean
from etl.tabular.xlsx import Broken, kind_of, shown


def read(content: bytes) -> list[Sheet]:
    """The sheets of a workbook, in its order. Raises Broken."""
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except Exception as error:  # xlrd raises whatever the broken part raised
        raise Broken(str(error)) from None
    return [_sheet(book, sheet) for sheet in book.sheets()]


def _sheet(book: xlrd.Book, given: xlrd.sheet.Sheet) -> Sheet:
    sheet = Sheet(given.name, hidden=bool(given.visibility))
    sheet.hidden_rows = {n + 1 for n, info in given.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {n + 1 for n, info in given.colinfo_map.items() if info.hidden}
    for row in range(given.nrows):
        for column, cell in enumerate(given.row(row)):
            if clean(text := _text(book, cell)):
                sheet.put(row + 1, column + 1, text)
    sheet.spread([(top + 1, left + 1, bottom, right) for top, bottom, left, right in given.merged_cells])
    return sheet


def _text(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return Typed(shown(str(cell.value), kind_of(code), bool(book.datemode)))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    return cell.value if cell.ctype == xlrd.XL_CELL_TEXT else ""
