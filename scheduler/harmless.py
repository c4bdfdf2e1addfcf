"""Stored text made harmless where it is shown: sites print it, and nobody vouches for what it does elsewhere. Pure."""

from __future__ import annotations

import re

# What turns or isolates the direction of the text around it, and what is not seen but tells two words apart
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Not allowed in XML, or C1 controls, which a terminal obeys, or what turns all text behind it
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff{_DIRECTION}]")
# A spreadsheet runs a cell that begins so, also behind what it leaves out or takes for the same
_LEFT_OUT = "\"'`‘’“”„＂＇\ufeff\u00ad\u200b-\u200d\u2060"
_RUN = r"=+\-@|%＝＋－＠｜％−﹢﹣﹦﹫"
_FORMULA = re.compile(rf"[\s{_LEFT_OUT}]*[{_RUN}]|[\t\r\n]")
# One whose separator is another one than the comma splits the cell, and runs its parts
_PART = re.compile(rf"([;；\t\r\n][^\S\t\r\n]*+)(?=(?:[{_LEFT_OUT}]|[^\S\t\r\n])*[{_RUN}])")
_SPACE = re.compile(r"[\t\n\r\u2028\u2029]+")


def paragraphs(text: str) -> str:
    r"""Return text without characters that a terminal obeys or that turn its direction; lines and tabs stay.

    >>> paragraphs("red\x1b[31m\nand\u202eback")
    'red[31m\nandback'
    """
    return _CONTROL.sub("", text)


def line(text: str, longest: int | None = None) -> str:
    r"""Return text as one line, cut with an ellipsis where it is longer.

    >>> line("one\n\ttwo", 5)
    'one …'
    """
    start = text if longest is None else text[: 2 * longest + 100]  # what is thrown away costs nothing
    flat = _SPACE.sub(" ", paragraphs(start)).strip()
    return flat if longest is None or len(flat) <= longest else flat[: longest - 1] + "…"


def cell(text: str) -> str:
    r"""Return text that a spreadsheet shows: no character that is not seen, and an apostrophe before a formula.

    >>> cell("=1+1"), cell(" \u201c＝HYPERLINK(…)"), cell("1-1"), cell("一\n二"), cell("a; =1+1")
    ("'=1+1", "' “＝HYPERLINK(…)", '1-1', '一\n二', "a; '=1+1")
    """
    plain = _PART.sub(r"\1'", paragraphs(text))
    return f"'{plain}" if _FORMULA.match(plain) else plain


def xml(text: str) -> str:
    """Return text without characters that XML can't hold or that play tricks on its reader."""
    return _NO_XML.sub("", text)
