"""What a text is cut into for the search index, and what a word is looked for as. Pure.

Scripts that are written without spaces are cut into pairs of characters, each beginning one further, so that a word of
any length is a sequence of pairs and none is missed at a boundary that a tokenizer would have seen elsewhere; other
scripts are cut into words. A last character stands alone, and a mark stands for punctuation beside an unspaced run:
a word is not found across it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING

from store.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "|"
# Thai and Lao, Myanmar, Khmer, kana, Han and its extensions, Hangul (spaced, but with particles written on the word)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # their vowel signs are no letters to Python
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_INDIC}])"
_PIECE = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>{_LETTER}+)|(?P<sign>[^\w\s]|_)")


@dataclass(slots=True, frozen=True)
class Phrase:
    """Terms that stand one after the other; with `is_open`, the last one is only how a term begins."""

    terms: tuple[str, ...]
    is_open: bool = False


def indexed(text: str) -> str:
    """Return a text as terms with spaces between them.

    >>> indexed("AI芯片，量产 now")
    'ai 芯片 片 | 量产 产 now'
    """
    return " ".join(_terms(fold(text)))


def phrase(word: str) -> Phrase | None:
    """Return what finds a word or a phrase; None if it holds nothing that could be found.

    >>> phrase("人工智能"), phrase("AI芯"), phrase("“…”")
    (Phrase(terms=('人工', '工智', '智能'), is_open=False), Phrase(terms=('ai', '芯'), is_open=True), None)
    """
    terms = list(_terms(fold(word)))
    while terms and terms[0] == MARK:
        del terms[0]
    while terms and terms[-1] == MARK:
        terms.pop()
    if not terms:
        return None
    if not _is_unspaced(terms[-1]):
        return Phrase(tuple(terms))
    if len(terms) > 1 and len(terms[-2]) == 2 and _is_unspaced(terms[-2]):
        return Phrase(tuple(terms[:-1]))  # how a run ends here says nothing of how it goes on there
    return Phrase(tuple(terms), is_open=True)


def pattern(word: str) -> re.Pattern[str] | None:
    """Return the expression that finds in a folded text what `phrase` finds in its terms; None as there."""
    said, is_marked, last = "", False, None
    for piece in _PIECE.finditer(fold(word)):
        if piece["sign"]:
            is_marked = True
        else:
            said += _between(last, piece, is_marked=is_marked) + _exactly(piece)
            last, is_marked = piece, False
    return re.compile(said) if said else None


def _terms(folded: str) -> Iterator[str]:
    is_marked, was_run = False, False
    for piece in _PIECE.finditer(folded):
        text, kind = piece.group(), piece.lastgroup
        if kind == "sign":
            is_marked = True
            continue
        is_run = kind == "run"
        if is_marked and (is_run or was_run):
            yield MARK
        if is_run:
            yield from map(add, text, text[1:])
            yield text[-1]
        else:
            yield text
        is_marked, was_run = False, is_run


def _is_unspaced(term: str) -> bool:
    piece = _PIECE.match(term)
    return bool(piece and piece["run"])


def _exactly(piece: re.Match[str]) -> str:
    escaped = re.escape(piece.group())
    return escaped if piece["run"] else rf"(?<!{_LETTER}){escaped}(?!{_LETTER})"


def _between(last: re.Match[str] | None, piece: re.Match[str], *, is_marked: bool) -> str:
    if last is None:
        return ""
    if not last["run"] and not piece["run"]:
        return r"(?:[^\w]|_)+"
    if is_marked:
        return r"\s*(?:[^\w\s]|_)(?:[^\w]|_)*"
    return r"\s+" if last["run"] and piece["run"] else r"\s*"
