"""Pages from templates, and the words that they write numbers and times in."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from scheduler.harmless import paragraphs
from scheduler.web.language import language_of, words
from scheduler.web.legible import legible, outward, published

if TYPE_CHECKING:
    from starlette.requests import Request

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def render(request: Request, template: str, **values: Any) -> HTMLResponse:
    """Return a page in the browser's language; every template knows who asks, and where."""
    language = language_of(request.headers.get("accept-language", ""))
    known = {"visitor": request.state.visitor, "path": request.scope["path"], "now": datetime.now(UTC)}
    page = environment(language).get_template(template).render(known | {"language": language} | values)
    return HTMLResponse(page, headers={"Content-Language": language, "Vary": "Accept-Language"})


@cache
def environment(language: str) -> Environment:
    """Return what makes pages in a language: `_("…")` and `{% trans %}` in a template say it there."""
    made = Environment(
        loader=PackageLoader("scheduler.web"),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = words(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: said.get(text, text),
        lambda one, many, number: said.get(many, one if number == 1 else many),
        newstyle=True,
    )
    made.filters.update(address=address, duration=duration, moment=moment, distance=distance, due=due, number=number)
    made.filters.update(legible=legible, outward=outward, paragraphs=paragraphs, published=published)
    return made


def duration(seconds: float) -> str:
    """Write how long something took, in its two largest units.

    >>> duration(0.42), duration(75), duration(7200), duration(93784)
    ('0.4 s', '1 min 15 s', '2 h', '1 d 2 h')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    parts: list[str] = []
    rest = round(seconds)
    for size, unit in _UNITS:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number} {unit}" if number else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)


def moment(at: datetime | None) -> Markup:
    """Write a moment: local time of the service, which the page's script turns into that of its reader."""
    if at is None:
        return Markup("")
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(iso, f"{at.astimezone():%Y-%m-%d %H:%M:%S}")


def distance(at: datetime, now: datetime) -> Markup:
    """Write how far a moment is, with the moment itself at hand.

    >>> from datetime import timedelta
    >>> start = datetime(2025, 1, 1, tzinfo=UTC)
    >>> distance(start, start + timedelta(hours=3)).striptags()
    '3 h ago'
    """
    return _distance(at, (at - now).total_seconds(), "")


def due(at: datetime, now: datetime) -> Markup:
    """Write how far off what is due is: one that is late is due now, however long it has waited.

    >>> from datetime import timedelta
    >>> start = datetime(2025, 1, 1, tzinfo=UTC)
    >>> due(start, start + timedelta(hours=3)).striptags(), due(start + timedelta(hours=3), start).striptags()
    ('now', 'in 3 h')
    """
    return _distance(at, max(0.0, (at - now).total_seconds()), "data-due ")


def _distance(at: datetime, seconds: float, mark: str) -> Markup:
    words = "now" if abs(seconds) < 1 else f"in {duration(seconds)}" if seconds > 0 else f"{duration(-seconds)} ago"
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time data-distance {}datetime="{}" title="{}">{}</time>').format(
        mark, iso, f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}", words
    )


def number(value: float) -> str:
    """Write a number with its thousands set apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{value:,}"


def address(url: str) -> str:
    """Write an address as short as it can be told.

    >>> address("https://www.example.com/")
    'www.example.com'
    """
    return url.partition("://")[2].removesuffix("/")
