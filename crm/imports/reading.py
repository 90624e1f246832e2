"""Reading a CSV file row by row with bounded memory, and saying in plain words where it cannot be read."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

LONGEST_ROW = 1_000_000
LONGEST_CELL = 100_000
MOST_COLUMNS = 200
DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_8_MARK = b"\xef\xbb\xbf"

csv.field_size_limit(LONGEST_CELL)


@dataclass
class UnreadableFile(Exception):
    """Nothing of the file can be taken: where reading stopped (row 1 is the header) and why."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return self.message


class CsvFile:
    """A CSV file with a header. `columns` is known once it is opened; iterating gives (row number, cells)."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.row = 1
        self.columns: list[str] = []
        self.delimiter = ","

    def __enter__(self) -> "CsvFile":
        self.file: BinaryIO = open(self.path, "rb")
        self.refuse_utf_16()
        self.refuse_old_line_breaks()
        self.lines = self.decoded_lines()
        first = next((line for line in self.lines if line.strip()), "")
        if not first:
            raise UnreadableFile(1, "", _("The file is empty: its first row must name the columns."))
        self.delimiter = max(DELIMITERS, key=first.count)
        self.reader = csv.reader(self.replayed(first), strict=True, delimiter=self.delimiter)
        self.columns = [name.strip() for name in self.next_cells() or []]
        self.check_header()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.file.close()

    def replayed(self, first: str) -> Iterator[str]:
        yield first
        yield from self.lines

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Rows as they stand, whatever their number of cells; empty ones are left out."""
        while (cells := self.next_cells()) is not None:
            self.row += 1
            if cells:
                yield self.row, cells

    def next_cells(self) -> list[str] | None:
        try:
            return next(self.reader, None)
        except csv.Error as fault:
            raise UnreadableFile(self.row if not self.columns else self.row + 1, "", told(fault)) from fault

    def refuse_utf_16(self) -> None:
        start = self.file.read(4)
        if start.startswith(UTF_16) or (len(start) == 4 and start[1::2] == b"\0\0") or start[::2] == b"\0\0":
            raise UnreadableFile(
                1, "", _("The file is encoded as UTF-16. Save it as CSV in UTF-8 and try again.")
            )
        self.file.seek(len(UTF_8_MARK) if start.startswith(UTF_8_MARK) else 0)

    def refuse_old_line_breaks(self) -> None:
        """Carriage returns alone, as very old programs write them."""
        place = self.file.tell()
        start = self.file.read(LONGEST_CELL)
        self.file.seek(place)
        if b"\r" in start.rstrip(b"\r") and b"\n" not in start:
            raise UnreadableFile(
                1, "", _("The rows end with carriage returns only. Save the file as CSV anew and try again.")
            )

    def decoded_lines(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_ROW + 1):
            if len(line) > LONGEST_ROW:
                raise self.fault(
                    _("This row is longer than 1 MB. Is a line break or a closing quote missing?")
                )
            if b"\0" in line:
                raise self.fault(
                    _("There is a NUL byte in this row: the file is damaged or is not a text file."), line
                )
            try:
                yield line.decode()
            except UnicodeDecodeError as fault:
                raise self.fault(
                    _(
                        "This is not UTF-8 text (byte 0x%(byte)02x; perhaps Latin-1). "
                        "Save the file as UTF-8 and try again."
                    )
                    % {"byte": line[fault.start]},
                    line[: fault.start],
                ) from fault

    def fault(self, message: str, before: bytes = b"") -> UnreadableFile:
        """A fault in the row being read; `before` is the part of its line in front of the fault."""
        row = self.row + 1 if self.columns else 1
        place = before.split(b"\0")[0].count(self.delimiter.encode())
        return UnreadableFile(
            row, self.columns[place] if before and place < len(self.columns) else "", message
        )

    def check_header(self) -> None:
        if len(self.columns) > MOST_COLUMNS:
            raise UnreadableFile(
                1, "", _("The header names more than %(most)d columns.") % {"most": MOST_COLUMNS}
            )
        for name, times in Counter(self.columns).items():
            if times > 1 and name:
                raise UnreadableFile(
                    1, name, _("The column “%(column)s” stands in the header twice.") % {"column": name}
                )


def told(fault: csv.Error) -> str:
    """What the csv module complains about, in words for people."""
    text = str(fault)
    if "field larger" in text or "unexpected end of data" in text:
        return _(
            'A quote (") opens in this row and is never closed, or a cell is longer than 100,000 characters.'
        )
    if "expected after" in text:
        return _(
            'After a closing quote (") there is more text in the same cell. Quotes inside a cell are written twice.'
        )
    return _("This row cannot be read: %(fault)s.") % {"fault": text}


def sample(path: Path | str, count: int = 5) -> tuple[list[str], list[list[str]]]:
    """The columns and the first rows. Raises UnreadableFile."""
    with CsvFile(path) as file:
        rows = [cells for _row, cells in islice(file, count)]
        return file.columns, rows
