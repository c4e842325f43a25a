"""Unpacks files of Unix `compress` (.Z), in which UCI keeps the strokes of its pen digits.

The form is that of T. Welch, "A Technique for High-Performance Data Compression" (1984) as
compress(1) writes it: codes of 9 bits and more, lowest bit first, in groups of eight. Files of at
most 9 bits are made in another way and refused.
"""

from engine.errors import DatasetError

MAGIC = b"\x1f\x9d"
FIRST_BITS = 9
CLEAR = 256
BLOCK_MODE = 0x80


def unpack(data: bytes, name: str, limit: int) -> bytes:
    """Return what is packed in `data`; DatasetError, begun by `name`, if damaged or over `limit`.

    Nothing is kept but what is returned and a dictionary of 65,536 entries.
    """
    if data[:2] != MAGIC or len(data) < 3 or not 10 <= data[2] & 0x1F <= 16:
        raise DatasetError(f"{name} is no .Z file of 10 to 16 bits; fetch it again.")
    most, has_clear = data[2] & 0x1F, bool(data[2] & BLOCK_MODE)
    singles = [bytes((value,)) for value in range(256)]
    table = [*singles, b""] if has_clear else list(singles)
    unpacked = bytearray()
    last = b""
    bits, start, place = FIRST_BITS, 3 * 8, 0
    while True:
        offset = start + place * bits
        if offset + bits > len(data) * 8:
            return bytes(unpacked)
        whole = int.from_bytes(data[offset // 8 : offset // 8 + 3], "little")
        code = whole >> offset % 8 & (1 << bits) - 1
        place += 1
        if has_clear and code == CLEAR:
            del table[CLEAR + 1 :]
            last = b""
            start, place, bits = _after_group(start, place, bits), 0, FIRST_BITS
            continue
        if code > len(table) or (code == len(table) and not last):
            raise DatasetError(f"{name} is a damaged .Z file; fetch it again.")
        entry = table[code] if code < len(table) else last + last[:1]
        unpacked += entry
        if len(unpacked) > limit:
            raise DatasetError(f"{name} unpacks to over {limit:,} bytes; use a smaller file.")
        if last and len(table) < 1 << most:
            table.append(last + entry[:1])
        last = entry
        if len(table) == 1 << bits and bits < most:
            start, place, bits = _after_group(start, place, bits), 0, bits + 1


def _after_group(start: int, place: int, bits: int) -> int:
    """Return where codes of another width begin: after a whole group of eight of the old."""
    return start + -(-place // 8) * 8 * bits
