"""Whether a page is an article at all: lists, walls, error pages and empty pages are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.extract.markers import Zone
from crawler.extract.outline import HEADINGS
from crawler.items import Reason

if TYPE_CHECKING:
    from crawler.document import Document
    from crawler.extract.body import Body, Zones
    from crawler.extract.outline import Line, Outline
    from crawler.extract.title import Headline

_SHORTEST = 90  # bytes of UTF-8: 30 Chinese characters or 90 Latin letters
_INTRODUCTION = 300  # bytes of running text that a list may open with
_BRIEF = 1_500  # an error page or a wall says less than this
_MISSING = re.compile(
    r"\b404\b|not found|(page|file|article) (does not|doesn.t|no longer) exist|can.?t be found"
    r"|页面不存在|找不到|不存在|已(被)?删除|出错|页面没有|無法找到",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"^(log ?in|sign ?in|sign up|register|登录|登陆|注册|用户登录"
    r"|access denied|forbidden|just a moment|attention required|安全验证|人机验证|验证码)",
    re.IGNORECASE,
)
_FOREIGN = frozenset(
    {Zone.RELATED, Zone.ELSEWHERE, Zone.COMMENTS, Zone.ASIDE, Zone.HIDDEN, Zone.NAVIGATION, Zone.ADVERT}
)


def why_no_article(
    document: Document, page: Outline, zones: Zones, headline: Headline, body: Body | None
) -> Reason | None:
    """Return the reason why a page is no article, or None for an article."""
    if body is None or not body.lines:
        return Reason(code="no-article", detail="no running text")
    text = "".join(page.lines[n].text for n in body.lines)
    size = len(text.encode("utf-8", "replace"))
    if size < _BRIEF and _MISSING.search(headline.text):
        return Reason(code="soft-404", detail=headline.text)
    if size < _BRIEF and _WALL.search(headline.text):
        return Reason(code="walled", detail=headline.text)
    if listed := _list_heading(document, page, zones, headline, body):
        return Reason(code="list-page", detail=listed.text)
    if size < _SHORTEST:
        return Reason(code="too-short", detail=text)
    return None


def _list_heading(document: Document, page: Outline, zones: Zones, headline: Headline, body: Body) -> Line | None:
    """Return the first heading that shows the page to be a list: its texts stand under links to other pages."""
    first = body.lines[0]
    top = headline.line if headline.line is not None and headline.line < first else 0
    top = 0 if page.lines[top].is_link else top
    numbers = range(max(min(body.box.first, first - 6), top), body.box.last)
    headings = [
        n for n in numbers
        if n != headline.line and zones.of_line[n] not in _FOREIGN and _leads_away(page.lines[n], document.url)
    ]  # fmt: skip
    if not headings:
        return None
    running = [n for n in body.lines if page.lines[n].running]
    intro = sum(page.lines[n].running for n in running if n < headings[0])
    is_list = intro < _INTRODUCTION and len(running) <= 3 * len(headings) if len(headings) >= 3 else intro == 0
    return page.lines[headings[0]] if is_list and len(running) <= 3 * len(headings) else None


def _leads_away(line: Line, url: str) -> bool:
    """Tell a heading that is a link to another page of the site."""
    heading = next((box.element for box in line.box.ancestors()[:2] if box.tag in HEADINGS), None)
    if heading is None or line.linked * 2 <= len(line.text):
        return False
    link = next(heading.iter("a"), None)
    link = next(heading.iterancestors("a"), None) if link is None else link
    try:
        target = urlsplit(urljoin(url, (link.get("href") or "").strip() if link is not None else ""))
    except ValueError:
        return False
    here = urlsplit(url)
    return target.netloc == here.netloc and target.path.rstrip("/") not in ("", here.path.rstrip("/"))
