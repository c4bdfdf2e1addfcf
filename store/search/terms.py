"""What a text is cut into for the search index, and what a word is looked for as. Pure.

Scripts that are written without spaces are cut into pairs of characters, each beginning one further, so that a word of
any length is a sequence of pairs and none is missed at a boundary that a tokenizer would have seen elsewhere; a last
character stands alone, too, which shows where a run ends. Other scripts are cut into words. What stands between runs
and words, punctuation or space or nothing, makes no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING

from store.search.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

# Thai and Lao, Myanmar, Khmer, kana, Han and its extensions, Hangul (spaced, but with particles written on the word)
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # their vowel signs are no letters to Python
_LETTER = rf"(?:[^\W_{_UNSPACED}]|[{_INDIC}])"
_PIECE = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>{_LETTER}+)")


@dataclass(slots=True, frozen=True)
class Phrase:
    """Terms that stand one after the other; with `is_open`, the last one is only how a term begins."""

    terms: tuple[str, ...]
    is_open: bool = False


def indexed(text: str) -> str:
    """Return a text as terms with spaces between them.

    >>> indexed("AI芯片，量产 now")
    'ai 芯片 片 量产 产 now'
    """
    return " ".join(_terms(fold(text)))


def phrase(word: str) -> Phrase | None:
    """Return what finds a word or a phrase; None if it holds nothing that could be found.

    >>> phrase("人工智能"), phrase("AI芯"), phrase("“…”")
    (Phrase(terms=('人工', '工智', '智能'), is_open=False), Phrase(terms=('ai', '芯'), is_open=True), None)
    """
    folded = fold(word)
    pieces = _PIECE.findall(folded)
    if not pieces:
        return None
    terms, (last_run, _) = list(_terms(folded)), pieces[-1]
    if len(last_run) > 1:
        terms.pop()  # where the run ends here says nothing of how it goes on there
    return Phrase(tuple(terms), is_open=len(last_run) == 1)


def pattern(word: str) -> re.Pattern[str] | None:
    """Return the expression that finds in a folded text what `phrase` finds in its terms; None as there."""
    said, last = "", None
    for piece in _PIECE.finditer(fold(word)):
        said += (_between(last, piece) if last else "") + _exactly(piece)
        last = piece
    return re.compile(said) if said else None


def _terms(folded: str) -> Iterator[str]:
    for piece in _PIECE.finditer(folded):
        text = piece.group()
        if piece.lastgroup == "run":
            yield from map(add, text, text[1:])
            yield text[-1]
        else:
            yield text


def _exactly(piece: re.Match[str]) -> str:
    escaped = re.escape(piece.group())
    return escaped if piece["run"] else rf"(?<!{_LETTER}){escaped}(?!{_LETTER})"


def _between(last: re.Match[str], piece: re.Match[str]) -> str:
    """Between a run and a word there may be nothing; two of one kind would be one without anything between them."""
    return r"[\W_]+" if last.lastgroup == piece.lastgroup else r"[\W_]*"
