"""Text as it should be stored: one spelling of characters and white space, nothing invisible. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_TEXT = 1_000_000  # characters, 3 MB of Chinese: a MongoDB document holds 16 MiB
MAX_TITLE = 500  # characters; a longer one is a broken or hostile page

# Control characters but tab and line feed; soft hyphen; zero-width and bidi marks; BOM; lone surrogates; noncharacters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


@lru_cache(maxsize=8192)  # names, tags and teasers come again and again
def clean_line(raw: str) -> str:
    r"""Return the text on one line, normalised (NFC), without invisible characters.

    >>> clean_line(" a\u200b\u00a0\n b ")
    'a b'
    """
    return _SPACES.sub(" ", _visible(raw).replace("\n", " ")).strip()


def clean_text(raw: str) -> str:
    r"""Return paragraphs a line each, normalised (NFC), without invisible characters or empty lines.

    >>> clean_text("\u3000\u3000one\r\n\n two\u202e")
    'one\ntwo'
    """
    return _LINES.sub("\n", _SPACES.sub(" ", _visible(raw))).strip()


def clean_title(raw: str) -> str:
    """Return a title on one line, cut to `MAX_TITLE` characters."""
    return clean_line(raw)[:MAX_TITLE]


def _visible(raw: str) -> str:
    unified = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", unified))
