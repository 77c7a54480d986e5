"""QR codes of web addresses, as SVG, fast enough to stand on every page.

A QR code of one version is linear over GF(2): each byte of the text contributes a fixed pattern of modules (itself and
its share of the error correction), and the code is their exclusive or. The patterns are computed once per version;
a code then costs one exclusive or per byte - some 20 µs, where a general encoder takes milliseconds.
ISO/IEC 18004, byte mode, level L, mask 0, versions 2 to 6."""

from collections.abc import Iterator
from functools import cache

from markupsafe import Markup, escape


# version → data codewords, error correction codewords of a block, blocks
VERSIONS = {2: (34, 10, 1), 3: (55, 15, 1), 4: (80, 20, 1), 5: (108, 26, 1), 6: (136, 18, 2)}
FORMAT_L_MASK_0 = 0b111011111000100
QUIET = 4  # modules of white around the code


def qr_svg(text: str, label: str) -> Markup:
    """The code of ``text`` as an SVG picture named ``label``; empty when the text is longer than 134 bytes."""
    data = text.encode()
    version = next((v for v, (room, _, _) in VERSIONS.items() if len(data) + 2 <= room), None)
    if version is None:
        return Markup()
    size, rows = 17 + 4 * version, _rows(version, data)
    width = size + 2 * QUIET
    return Markup(
        f'<svg viewBox="0 0 {width} {width}" role="img" aria-label="{escape(label)}" shape-rendering="crispEdges">'
        f'<path stroke="#000" d="M{QUIET} {QUIET}.5{_path(rows, size)}"/></svg>'
    )


def matrix(text: str) -> list[list[bool]]:
    """The modules of the code, for those who draw it otherwise."""
    data = text.encode()
    version = next(v for v, (room, _, _) in VERSIONS.items() if len(data) + 2 <= room)
    size, rows = 17 + 4 * version, _rows(version, data)
    stride = _stride(size) // 8
    lines = [rows[start : start + stride] for start in range(0, len(rows), stride)]
    return [[bool(line[column // 8] >> (7 - column % 8) & 1) for column in range(size)] for line in lines]


def _rows(version: int, data: bytes) -> bytes:
    """All modules, each row padded to whole bytes."""
    code = _Version.of(version)
    bits = code.blank
    for position, value in enumerate(_codewords(data, code.room)):
        bits ^= code.pattern(position, value)
    return bits.to_bytes(code.size * _stride(code.size) // 8, "big")


def _codewords(data: bytes, room: int) -> bytes:
    """Mode, length, text, terminator, padding."""
    stream = int.from_bytes(bytes([0x40 | len(data) >> 4, (len(data) & 15) << 4]), "big")
    head = (stream << 8 * len(data)) | int.from_bytes(data, "big") << 4
    body = head.to_bytes(len(data) + 2, "big")
    return (body + b"\xec\x11" * room)[:room]


def _stride(size: int) -> int:
    return -(-size // 8) * 8


def _path(rows: bytes, size: int) -> str:
    stride, drawn = _stride(size) // 8, list(map(_strokes().__getitem__, rows))
    back = f"m-{stride * 8} 1"
    return back.join(["".join(drawn[start : start + stride]) for start in range(0, len(drawn), stride)])


@cache
def _strokes() -> list[str]:
    """For each byte, the path that draws its eight modules and ends behind them."""
    return ["".join(_runs(f"{byte:08b}")) for byte in range(256)]


def _runs(bits: str) -> Iterator[str]:
    start = 0
    while start < 8:
        end = start
        while end < 8 and bits[end] == bits[start]:
            end += 1
        yield f"h{end - start}" if bits[start] == "1" else f"m{end - start} 0"
        start = end


class _Version:
    """What is the same in every code of one version: the fixed modules, and each byte's pattern."""

    @staticmethod
    @cache
    def of(version: int) -> "_Version":
        return _Version(version)

    def __init__(self, version: int) -> None:
        self.size = 17 + 4 * version
        self.room, self.correction, self.blocks = VERSIONS[version]
        fixed = _fixed_modules(self.size)
        free = [place for place in _zigzag(self.size) if place not in fixed]
        self.modules = [self._bit(row, column) for row, column in free]
        self.blank = 0
        for (row, column), dark in fixed.items():
            self.blank |= self._bit(row, column) * dark
        for row, column in free:
            self.blank |= self._bit(row, column) * ((row + column) % 2 == 0)
        self.shares = list(self._correction_shares())
        self.patterns: dict[tuple[int, int], int] = {}

    def pattern(self, position: int, value: int) -> int:
        """Modules a data codeword of this value at this position turns over."""
        known = self.patterns.get((position, value))
        if known is None:
            known = self.patterns[position, value] = self._pattern(position, value)
        return known

    def _pattern(self, position: int, value: int) -> int:
        in_block = self.room // self.blocks
        block, place = divmod(position, in_block)
        bits = self._place(place * self.blocks + block, value)
        for number, share in enumerate(self.shares[place]):
            bits |= self._place(self.room + number * self.blocks + block, _times(share, value))
        return bits

    def _place(self, codeword: int, value: int) -> int:
        return sum(self.modules[codeword * 8 + bit] for bit in range(8) if value >> (7 - bit) & 1)

    def _bit(self, row: int, column: int) -> int:
        stride = _stride(self.size)
        return 1 << (self.size * stride - 1 - row * stride - column)

    def _correction_shares(self) -> Iterator[list[int]]:
        """For each place of a block, the error correction of a lone 1 there: x^k modulo the generator."""
        generator = _generator(self.correction)
        remainder, found = generator[1:], []
        for _ in range(self.room // self.blocks):
            found.append(remainder)
            first, rest = remainder[0], [*remainder[1:], 0]
            remainder = [old ^ _times(first, factor) for old, factor in zip(rest, generator[1:], strict=True)]
        yield from reversed(found)


def _fixed_modules(size: int) -> dict[tuple[int, int], bool]:
    """Finder, timing and alignment patterns and the format, by (row, column)."""
    fixed: dict[tuple[int, int], bool] = {}
    for number in range(size):
        fixed[6, number] = fixed[number, 6] = number % 2 == 0
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for row in range(max(top - 1, 0), min(top + 8, size)):
            for column in range(max(left - 1, 0), min(left + 8, size)):
                fixed[row, column] = max(abs(row - top - 3), abs(column - left - 3)) not in (2, 4)
    middle = size - 7
    for row in range(middle - 2, middle + 3):
        for column in range(middle - 2, middle + 3):
            fixed[row, column] = max(abs(row - middle), abs(column - middle)) != 1
    for bit in range(15):
        dark = bool(FORMAT_L_MASK_0 >> bit & 1)
        fixed[(bit if bit < 6 else bit + 1 if bit < 8 else size - 15 + bit), 8] = dark
        fixed[8, (size - 1 - bit if bit < 8 else 15 - bit if bit < 9 else 14 - bit)] = dark
    fixed[size - 8, 8] = True
    return fixed


def _zigzag(size: int) -> Iterator[tuple[int, int]]:
    """The order in which modules are filled: pairs of columns from the right, upwards and downwards in turn."""
    upwards = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in reversed(range(size)) if upwards else range(size):
            yield row, right
            yield row, right - 1
        upwards = not upwards


@cache
def _generator(degree: int) -> list[int]:
    polynomial = [1]
    for power in range(degree):
        root, longer = _exponents()[power], [*polynomial, 0]
        for number, factor in enumerate(polynomial):
            longer[number + 1] ^= _times(factor, root)
        polynomial = longer
    return polynomial


@cache
def _exponents() -> list[int]:
    values, value = [], 1
    for _ in range(255):
        values.append(value)
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return values


@cache
def _logarithms() -> dict[int, int]:
    return {value: power for power, value in enumerate(_exponents())}


def _times(left: int, right: int) -> int:
    """Product in GF(256)."""
    if not left or not right:
        return 0
    return _exponents()[(_logarithms()[left] + _logarithms()[right]) % 255]
