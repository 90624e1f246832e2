"""Cells that a spreadsheet would run as a formula, made harmless in what we write (OWASP: CSV injection)."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def defused(cell: str) -> str:
    """An apostrophe before a formula; numbers stay numbers. An import takes the apostrophe off again."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not is_number(cell) else cell


def is_number(cell: str) -> bool:
    sign_off = cell[1:].replace(".", "", 1)
    return cell[:1] in "+-" and sign_off.isascii() and sign_off.isdigit()
