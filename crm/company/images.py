"""Telling a raster image from what only calls itself one: by its first bytes, never by its name."""

import struct
from typing import IO

LARGEST_SIDE = 4000
# what is read of a JPEG in search of its size
JPEG_HEAD = 256 * 1024
JPEG_SIZE_MARKERS = {0xC0, 0xC1, 0xC2}


class NotAnImage(ValueError):
    """Neither PNG, JPEG nor WebP, or larger than anybody needs."""


def raster_kind(file: IO[bytes]) -> str:
    """`png`, `jpeg` or `webp`. Raises NotAnImage."""
    head = file.read(JPEG_HEAD)
    file.seek(0)
    kind, width, height = read_head(head)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise NotAnImage
    return kind


def read_head(head: bytes) -> tuple[str, int, int]:
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            return ("png", *struct.unpack(">II", head[16:24]))
        if head.startswith(b"\xff\xd8\xff"):
            return ("jpeg", *jpeg_size(head))
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return ("webp", *webp_size(head))
    except (struct.error, IndexError):
        pass
    raise NotAnImage


def jpeg_size(head: bytes) -> tuple[int, int]:
    place = 2
    while head[place] == 0xFF:
        marker, length = head[place + 1], struct.unpack(">H", head[place + 2 : place + 4])[0]
        if marker in JPEG_SIZE_MARKERS:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        place += 2 + length
    raise NotAnImage


def webp_size(head: bytes) -> tuple[int, int]:
    form = head[12:16]
    if form == b"VP8X":
        return (
            1 + int.from_bytes(head[24:27], "little"),
            1 + int.from_bytes(head[27:30], "little"),
        )
    if form == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L" and head[20] == 0x2F:
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise NotAnImage
