"""Makes `store/search/traditional.txt` anew from OpenCC's characters: `python -m tests.support.traditional`."""

from pathlib import Path

import opencc

TABLE = Path(__file__).parents[2] / "store" / "search" / "traditional.txt"
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2EBEF))
A_LINE = 30
# Forms of one character that OpenCC leaves, because they are no pair of traditional and simplified
ALSO = {"著": "着", "妳": "你", "姪": "侄", "甯": "宁", "隣": "邻", "粧": "妆", "攷": "考", "閤": "阁"}


def pairs():
    """Return the simplified form of each character that has another one."""
    converter = opencc.OpenCC("t2s")
    found = {
        char: simple
        for first, last in HAN
        for char in map(chr, range(first, last + 1))
        if (simple := converter.convert(char)) != char
    }
    return {char: found.get(simple, simple) for char, simple in (found | ALSO).items()}


def written():
    """Return the table as it is stored."""
    words = [char + simple for char, simple in sorted(pairs().items())]
    return "".join(" ".join(words[at : at + A_LINE]) + "\n" for at in range(0, len(words), A_LINE))


if __name__ == "__main__":
    TABLE.write_text(written(), encoding="utf-8")
