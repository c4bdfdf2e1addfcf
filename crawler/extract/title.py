"""The headline: the heading that the page's title repeats, else what the page says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.outline import fold

if TYPE_CHECKING:
    from crawler.extract.metadata import Metadata
    from crawler.extract.outline import Line, Outline

# What sites put between a headline and their name or section.
_JOINT = re.compile(r"\s+[|\-–—·•:»«/›~]+\s+|\s*[|｜_»«]+\s*|\s*[—–]{2,}\s*|(?<=[^\x00-\x7f])\s*-+\s*(?=[^\x00-\x7f])")
_HAN_GAP = re.compile(r"(?<=[\u3000-\u9fff])\s+(?=[\u3000-\u9fff])")
_NAMES = re.compile(
    r"(article|post|entry|news|story|single|detail|arti)\w*?[-_]?_?(tit|head)|headline|biaoti", re.IGNORECASE
)
# Trust in a heading by its tag; agreement with what the page calls itself weighs more than any of these.
_BY_TAG = {"h1": 3.0, "h2": 1.2, "h3": 0.8, "h4": 0.3, "h5": 0.1, "h6": 0.0}
_AGREEMENT = 4.0
_ENOUGH = 2.5
_LINK_COST = 2.0
_LONGEST = 300


@dataclass(slots=True, frozen=True)
class Headline:
    """`line` is its number in the outline, None where the page prints no headline."""

    text: str
    line: int | None


def find_headline(page: Outline, data: Metadata, hint: str = "") -> Headline:
    """Return the article's title without the site's name. `hint` is the title of the teaser that led here."""
    said = _said(data, hint)
    sizes = range(min(map(len, said), default=0) // 2, 3 * max(map(len, said), default=0))
    best, number = 0.0, 0
    for n, line in enumerate(page.lines):
        if (line.box.tag in _BY_TAG or len(line.text) in sizes) and (trust := _trust(line, said)) > best:
            best, number = trust, n
    if best >= _ENOUGH:
        return Headline(_whole(page, page.lines[number], said), number)
    return Headline(_declared(data, hint), None)


def _whole(page: Outline, line: Line, said: list[str]) -> str:
    """Return a heading with the lines that it is broken into, if the page calls itself by all of them."""
    heading = next((box for box in line.box.ancestors()[:2] if box.tag in _BY_TAG), line.box)
    text = " ".join(part.text for part in page.lines_of(heading))
    if heading.last - heading.first < 2 or not any(fold(text) in each for each in said):
        return line.text
    return _HAN_GAP.sub("", text)


def nearest(page: Outline, headline: Headline, first: int) -> Headline:
    """Return the headline where it stands last above the text that begins at line `first`: some pages print it twice.

    Where a page names no title at all, the heading closest above the text is it.
    """
    above = range(first - 1, -1, -1)
    if not headline.text:
        number = next((n for n in above if page.lines[n].box.tag in _BY_TAG), None)
        return headline if number is None else Headline(page.lines[number].text, number)
    wanted = fold(headline.text)
    number = next(
        (n for n in above if page.lines[n].box.tag in _BY_TAG and fold(page.lines[n].text) == wanted), headline.line
    )
    return Headline(headline.text, number)


def _said(data: Metadata, hint: str) -> list[str]:
    texts = (data.page_title, data.first("og:title"), data.first("twitter:title"), data.text("headline"), hint)
    return list(dict.fromkeys(fold(text) for text in texts if text))


def _trust(line: Line, said: list[str]) -> float:
    if len(line.text) > _LONGEST:
        return 0.0
    folded = fold(line.text)
    if len(folded) < 2:
        return 0.0
    share = max((_share(folded, text) for text in said), default=0.0)
    base = _BY_TAG.get(line.box.tag)
    if base is None:
        return _AGREEMENT * share + 0.5 if share >= 0.5 and len(folded) >= 5 else 0.0
    named = _NAMES.search(f"{line.box.element.get('class')} {line.box.element.get('id')}")
    return base + bool(named) + _AGREEMENT * share - (_LINK_COST if line.linked * 2 > len(line.text) else 0.0)


def _share(folded: str, said: str) -> float:
    """Return how far a heading and what the page calls itself are one: 1 equal, 0 neither holds the other."""
    if folded in said:
        return len(folded) / len(said)
    return len(said) / len(folded) if said in folded else 0.0


def _declared(data: Metadata, hint: str) -> str:
    """Return the page's own words for its title, cut at the joint to the site's name."""
    whole = data.text("headline") or data.first("og:title", "twitter:title") or data.page_title or hint
    site = fold(data.first("og:site_name") or "")
    parts = [part for part in _JOINT.split(whole) if part and part.strip()]
    kept = [part for part in parts if fold(part) != site] or parts
    if len(parts) < 2:
        return whole
    return max(kept[:2], key=len).strip()
