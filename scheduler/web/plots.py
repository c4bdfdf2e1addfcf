"""Plots as SVG without words in it, so that they fit any width; what they say stands beside them in the page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from scheduler.spans import spans_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.spans import Span
    from store.figures import ByDay

OWN_COLOURS = 6  # sites that have a colour of their own; more could not be told apart
WEEKLY = 120  # days from which on a bar is a week: more bars than that are too thin on a telephone
WIDTH, HEIGHT, _GAP = 10, 1000, 2  # of a bar's place, of the plot, and between two bars
_TOPS = (1, 2, 3, 4, 5, 6, 8, 10)


@dataclass(slots=True, frozen=True)
class Plot:
    """Bars of articles by day: the drawing, its scale from the top down, and what it shows as numbers."""

    drawing: Markup
    scale: tuple[int, int, int]
    spans: list[Span]


def stacked(days: ByDay) -> Plot:
    """Return the articles of sites and of all others, one upon the other; the last bar of each is `others`."""
    columns = [*(site.days for site in days.sites), days.others]
    size = 7 if len(days.others) > WEEKLY else 1
    spans = spans_of(columns, days.first, size)
    top = ceiling(max(span.total for span in spans))
    width = len(spans) * WIDTH
    drawing = Markup('<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>').format(
        width, HEIGHT, _grid(width), Markup("").join(_bars(spans, top, len(columns)))
    )
    return Plot(drawing, (top, top // 2, 0), spans)


def ceiling(most: int) -> int:
    """Return a round number that is no less, and even, so that its half is whole.

    >>> [ceiling(most) for most in (0, 1, 7, 10, 11, 61, 437, 4001)]
    [2, 2, 8, 10, 20, 80, 500, 5000]
    """
    power = 1
    while most > 10 * power:
        power *= 10
    return max(2, next(top * power for top in _TOPS if top * power >= most and top * power % 2 == 0))


def bar(count: int, most: int, kind: str) -> Markup:
    """Return one bar that lies, as long as its share of the longest."""
    share = round(1000 * count / most) if most else 0
    return Markup(
        '<svg class="lying" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="{}" width="{}" height="10"/></svg>'
    ).format(kind, max(share, 3 if count else 0))


def patch(kind: str) -> Markup:
    """Return a patch of a colour, for a legend."""
    drawing = (
        '<svg class="patch" viewBox="0 0 10 10" aria-hidden="true"><rect class="{}" width="10" height="10"/></svg>'
    )
    return Markup(drawing).format(kind)  # noqa: S704 - of this module


def colour(number: int, columns: int) -> str:
    """Return the class of a column; the last one is all the others."""
    return "plot-others" if number == columns - 1 else f"plot-{number + 1}"


def _grid(width: int) -> Markup:
    lines = f"M0 1h{width}M0 {HEIGHT // 2}h{width}M0 {HEIGHT - 1}h{width}"
    return Markup('<path class="plot-grid" d="{}"/>').format(lines)


def _bars(spans: Sequence[Span], top: int, columns: int) -> Iterable[Markup]:
    """Yield a path for each site, and over each bar what tells its number to who points at it."""
    for number in range(columns):
        steps = (_step(span, at, number, top) for at, span in enumerate(spans) if span.articles[number])
        if path := "".join(steps):
            yield Markup('<path class="{}" d="{}"/>').format(colour(number, columns), path)
    for at, span in enumerate(spans):
        until = f" – {span.last}" if span.last != span.first else ""
        told = f"{span.first}{until}: {span.total:,}"
        yield Markup('<rect class="plot-touch" x="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            at * WIDTH, WIDTH, HEIGHT, told
        )


def _step(span: Span, at: int, number: int, top: int) -> str:
    """Return the piece of a bar that is a site's, above those of the sites before it."""
    below = round(HEIGHT * sum(span.articles[:number]) / top)
    height = round(HEIGHT * sum(span.articles[: number + 1]) / top) - below
    width = WIDTH - _GAP
    return f"M{at * WIDTH + _GAP // 2} {HEIGHT - below}v-{height}h{width}v{height}z"
