"""Pages from templates, in the language of the browser that asks."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from scheduler.harmless import paragraphs
from scheduler.web.language import language_of, told, words
from scheduler.web.legible import legible, outward, published
from scheduler.web.wording import (
    address,
    distance,
    dropped,
    due,
    duration,
    live_words,
    moment,
    number,
    reason,
    refusal,
    schedule,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

# What writes words, and so has to know the language
_SPOKEN: tuple[Callable[..., str], ...] = (distance, dropped, due, duration, reason, refusal, schedule, told)


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
    known = words(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda text: known.get(text, text),
        lambda one, many, number: known.get(many, one if number == 1 else many),
        newstyle=True,
    )
    made.filters.update(address=address, moment=moment, number=number)
    made.filters.update(legible=legible, outward=outward, paragraphs=paragraphs, published=published)
    made.globals["live_words"] = live_words(language)
    made.filters.update({each.__name__: partial(each, language=language) for each in _SPOKEN})
    return made
