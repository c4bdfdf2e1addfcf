"""Makes `store/search/traditional.txt` anew from OpenCC's characters: `python -m tests.support.traditional`."""

from pathlib import Path

import opencc

TABLE = Path(__file__).parents[2] / "store" / "search" / "traditional.txt"
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2EBEF))
A_LINE = 30
# Written for 着 where traditional characters are used, and a character of its own where they are not
ALSO = {"著": "着"}


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
