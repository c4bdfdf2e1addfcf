"""The site's articles and its clock: what is published when, where it is listed, and the truth about it.

Knows nothing of markup or HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.support.newsroom import copies
from tests.support.newsroom.writing import STOCK, Desk, Draft, Pen

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = STOCK["site"]
ZONE = ZoneInfo("Asia/Shanghai")
OLDEST = timedelta(days=900)
YOUNGEST = timedelta(seconds=25)
RELATED = 6
RELATED_SPAM = 0.35
_SPAM = 0.25
_COPIES = 0.125
_ENGLISH = 1 / 6


@dataclass(slots=True, frozen=True)
class Category:
    number: int
    topic: str
    name: str
    encoding: str
    lang: str


CATEGORIES = [Category(number, **entry) for number, entry in enumerate(SITE["categories"], 1)]
TAGS = [tag for category in CATEGORIES for tag in SITE["tags"][category.topic]]
AUTHORS = [*SITE["authors"]["zh"], *SITE["authors"]["en"], *SITE["authors"]["spam"]]


@dataclass(slots=True, kw_only=True)
class Post:
    """A published article. `related` holds numbers of other posts, `copy_of` that of the original."""

    number: int
    draft: Draft
    category: Category
    author: str
    published: datetime
    modified: datetime
    views: int
    tags: list[str]
    comments: list[tuple[str, str]]
    copy_of: int | None = None
    copy_kind: str | None = None
    related: list[int] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/post/{self.number}.html"


class Clock:
    """The site's moment: the real one, or a fixed one, moved on by `advance`."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed
        self._ahead = timedelta()

    def now(self) -> datetime:
        moment = self._fixed or datetime.now(ZONE).replace(microsecond=0)
        return moment.astimezone(ZONE) + self._ahead

    def advance(self, hours: float) -> None:
        self._ahead += timedelta(hours=hours)


class Site:
    """All articles, oldest first; deterministic by seed and the clock's first moment."""

    def __init__(self, seed: int, articles: int, clock: Clock) -> None:
        self.clock = clock
        self.posts: list[Post] = []
        self._seed = seed
        self._rng = Random(seed)
        self._desk = Desk(self._rng)
        moments = _moments(self._rng, articles, clock.now())
        for (lang, kind), moment in zip(_assignments(self._rng, articles), moments, strict=True):
            self._add(lang, kind, moment)
        for post in self.posts:
            self._relate(post)

    def post(self, number: int) -> Post | None:
        return self.posts[number - 1] if 0 < number <= len(self.posts) else None

    def newest(self) -> Iterator[Post]:
        return reversed(self.posts)

    def publish(self, count: int) -> list[str]:
        """Publish new articles at the clock's moment, every fourth of them spam; return their paths."""
        for number in range(count):
            moment = self.clock.now() - timedelta(seconds=count - 1 - number)
            self._relate(self._add("zh", "spam" if number % 4 == 3 else "report", moment))
        return [post.path for post in self.posts[len(self.posts) - count :]]

    def edit(self, path: str) -> bool:
        """Correct an article: its last paragraph is replaced and a note of the correction added."""
        post = next((post for post in self.posts if post.path == path), None)
        if post is None:
            return False
        draft = post.draft
        note = self._rng.choice(STOCK[draft.lang]["corrections"])
        lines = (*draft.paragraphs[:-1], self._desk.paragraph(draft.lang), note)
        post.draft = Draft(
            title=draft.title,
            paragraphs=lines,
            topic=draft.topic,
            lang=draft.lang,
            is_spam=draft.is_spam,
            headings=draft.headings,
        )
        post.modified = self.clock.now()
        return True

    def truth(self) -> list[dict[str, object]]:
        return [self._truth(post) for post in self.posts]

    def _add(self, lang: str, kind: str, moment: datetime) -> Post:
        original = self._original(lang) if kind in copies.KINDS else None
        post = self._post(self._draft(lang, kind, moment, original), moment)
        if original:
            post.copy_of, post.copy_kind = original.number, kind
        self.posts.append(post)
        return post

    def _draft(self, lang: str, kind: str, moment: datetime, original: Post | None) -> Draft:
        if original:
            return copies.copy(original.draft, kind, self._rng, self._desk)
        return self._desk.spam(lang) if kind == "spam" else self._desk.report(lang, moment)

    def _original(self, lang: str) -> Post | None:
        """Choose an article to be copied; a small site may have none left, and prints a report instead."""
        taken = {post.copy_of for post in self.posts}
        fit = [
            post
            for post in self.posts
            if post.draft.lang == lang and not post.draft.is_spam and not post.copy_of and post.number not in taken
        ]
        return self._rng.choice(fit) if fit else None

    def _post(self, draft: Draft, moment: datetime) -> Post:
        rng = self._rng
        return Post(
            number=len(self.posts) + 1,
            draft=draft,
            category=next(each for each in CATEGORIES if each.topic == draft.topic),
            author=rng.choice(SITE["authors"]["spam" if draft.is_spam else draft.lang]),
            published=moment,
            modified=moment,
            views=rng.randrange(12, 4000),
            tags=sorted(rng.sample(SITE["tags"][draft.topic], rng.randrange(1, 3))),
            comments=_comments(rng, draft.lang),
        )

    def _relate(self, post: Post) -> None:
        """Choose what is shown under an article, each place being spam by `RELATED_SPAM`."""
        rng = Random(self._seed * 100_003 + post.number)
        others = [other for other in self.posts if other is not post and other.draft.lang == post.draft.lang]
        pools = {is_spam: [each for each in others if each.draft.is_spam is is_spam] for is_spam in (True, False)}
        for pool in pools.values():
            rng.shuffle(pool)
        for _ in range(RELATED):
            pool = pools[rng.random() < RELATED_SPAM]
            if pool:
                post.related.append(pool.pop().number)

    def _truth(self, post: Post) -> dict[str, object]:
        related = [self.posts[number - 1] for number in post.related]
        return {
            "path": post.path,
            "title": post.draft.title,
            "text": post.draft.text,
            "author": post.author,
            "date": post.published.isoformat(),
            "category": post.category.name,
            "lang": post.draft.lang,
            "is_spam": post.draft.is_spam,
            "dup_of": f"/post/{post.copy_of}.html" if post.copy_of else None,
            "dup_kind": post.copy_kind,
            "related": [{"path": other.path, "is_spam": other.draft.is_spam} for other in related],
        }


def _moments(rng: Random, count: int, now: datetime) -> list[datetime]:
    """Return moments of publication, oldest first: dense in the last days, thin over the years before."""
    ages = sorted((OLDEST * rng.random() ** 3 + YOUNGEST for _ in range(count - 1)), reverse=True)
    return [(now - age).replace(microsecond=0) for age in [*ages, YOUNGEST][:count]]


def _assignments(rng: Random, count: int) -> list[tuple[str, str]]:
    """Return language and kind for each article; a copy comes in the later half, after its original."""
    copied = [copies.KINDS[number % len(copies.KINDS)] for number in range(round(count * _COPIES))]
    english = round(count * _ENGLISH)
    first = [("en" if number < english else "zh") for number in range(count - len(copied))]
    spam = {"en": round(english * _SPAM), "zh": round(count * _SPAM) - round(english * _SPAM)}
    jobs = []
    for lang in first:
        spam[lang] -= 1
        jobs.append((lang, "spam" if spam[lang] >= 0 else "report"))
    rng.shuffle(jobs)
    for number, kind in enumerate(copied):
        job = ("en" if number % 5 < 1 else "zh", kind)
        jobs.insert(rng.randrange(len(jobs) // 2, len(jobs)), job)
    return jobs


def _comments(rng: Random, lang: str) -> list[tuple[str, str]]:
    stock = STOCK[lang]
    count = max(0, rng.randrange(-6, 4))
    pen = Pen(rng, stock["words"], {})
    return [(pen.write(rng.choice(SITE["readers"][lang])), line) for line in rng.sample(stock["comments"], count)]
