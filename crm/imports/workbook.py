"""A workbook (XLSX) as the CSV file that everything after the upload reads: its first sheet, its first row as head."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from crm.imports.reading import UnreadableFile

ZIP = b"PK\x03\x04"
#: unpacked bytes that are still read, and how many times as large as packed they may be
LARGEST, STEEPEST = 300 * 2**20, 200


def is_workbook(file: IO[bytes]) -> bool:
    head = file.read(len(ZIP))
    file.seek(0)
    return head == ZIP


def as_csv(file: IO[bytes]) -> "ContentFile[Any]":
    """Raises UnreadableFile for what is no workbook, holds nothing or would be too large."""
    check_size(file)
    try:
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError) as fault:
        raise unreadable() from fault
    out = io.StringIO()
    write = csv.writer(out).writerow
    for cells in filled(rows):
        write(cells)
    return ContentFile(out.getvalue().encode())


def check_size(file: IO[bytes]) -> None:
    """A small archive can unpack to more than there is memory for."""
    try:
        with ZipFile(file) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as fault:
        raise unreadable() from fault
    packed, unpacked = sum(part.compress_size for part in parts), sum(part.file_size for part in parts)
    if unpacked > LARGEST or unpacked > STEEPEST * max(packed, 1024):
        raise UnreadableFile(1, "", _("This workbook unpacks to more than can be read. Save it as CSV."))
    file.seek(0)


def unreadable() -> UnreadableFile:
    return UnreadableFile(1, "", _("This is no workbook that can be read. Save it as XLSX or CSV."))


def filled(rows: list[list[Any]]) -> Iterator[list[str]]:
    """The rows as text, as wide as the header; empty ones stay, so that rows keep their numbers."""
    header = [text_of(cell) for cell in rows[0]] if rows else []
    while header and not header[-1].strip():
        header.pop()
    if not header:
        raise UnreadableFile(1, "", _("The file is empty: its first row must name the columns."))
    yield header
    for row in rows[1:]:
        yield [text_of(cell) for cell in row[: len(header)]]


def text_of(cell: Any) -> str:
    """As people write it in CSV: whole numbers without decimals, days as 2026-11-23, yes and no in words."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer() and abs(cell) < 2**53:
            return str(int(cell))
        case datetime() if cell.time() == time(0):
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
    return str(cell)
