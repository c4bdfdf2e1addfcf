"""What changed in a text, for reading: paragraphs with a change and their neighbours, the rest left out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from scheduler.harmless import paragraphs
from store.differences import Change, difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    Record = dict[str, Any]

Line = list[tuple[str, str]]  # kind and text of its pieces
_STYLES = {"same": "", "removed": "red strike", "added": "green"}
_AROUND = 1  # paragraphs beside a change that are shown


def changed_lines(changes: Sequence[Change]) -> Iterator[Line | int]:
    r"""Yield the lines around changes as pieces of text with their kinds, and how many were left out between.

    >>> from store.differences import difference
    >>> list(changed_lines(difference("a\nb\nc\nd e", "a\nb\nc\nd f")))
    [2, [('same', 'c')], [('same', 'd '), ('removed', 'e'), ('added', 'f')]]
    """
    lines = list(_lines(changes))
    changed = [number for number, pieces in enumerate(lines) if any(kind != "same" for kind, _ in pieces)]
    shown = {near for number in changed for near in range(number - _AROUND, number + _AROUND + 1)}
    left_out = 0
    for number, pieces in enumerate(lines):
        if number not in shown:
            left_out += 1
            continue
        if left_out:
            yield left_out
        left_out = 0
        yield pieces
    if left_out:
        yield left_out


def plain(pieces: Line) -> str:
    """Return a line with what was removed as [-…-] and what was added as {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in pieces)


def _lines(changes: Sequence[Change]) -> Iterator[Line]:
    """Cut changes at the ends of lines; a line that was removed as a whole is one of its own."""
    line: Line = []
    for change in changes:
        first, *more = paragraphs(change.text).split("\n")
        line += [(change.kind, first)] if first else []
        for text in more:
            yield line
            line = [(change.kind, text)] if text else []
    if line:
        yield line


@dataclass(slots=True, frozen=True)
class Edition:
    """What an article's next version, None being its present state, made of an earlier one."""

    article: str
    version: int
    next: int | None
    at: datetime
    title: list[Change]
    text: list[Change]

    @classmethod
    def of(cls, version: Record, following: Record | None, article: Record) -> Edition:
        """Compare a version with the one that followed it, or with the article as it is."""
        later = following or article
        title, text = (difference(version[name], later[name]) for name in ("title", "text"))
        number = following["number"] if following else None
        return cls(article["id"], version["number"], number, version["replaced_at"], title, text)

    def presented(self) -> Record:
        return asdict(self)

    def shown(self, *, is_terminal: bool) -> Iterator[Text]:
        """Yield what changed, in colours for a terminal, else with signs."""
        write = _coloured if is_terminal else _plain
        to = f"version {self.next}" if self.next else "the article as it is"
        yield Text(f"{self.article}: version {self.version} → {to}, {self.at:%Y-%m-%d %H:%M %z}", style="dim")
        yield from map(write, _lines(self.title))
        yield Text()
        if all(change.kind == "same" for change in self.text):
            yield Text("the text is the same", style="dim")
            return
        for each in changed_lines(self.text):
            yield Text(f"… {each} more …", style="dim") if isinstance(each, int) else write(each)


def _coloured(pieces: Line) -> Text:
    return Text.assemble(*((text, _STYLES[kind]) for kind, text in pieces))


def _plain(pieces: Line) -> Text:
    return Text(plain(pieces))
