"""Any number of made-up Chinese articles, the same each time: words as frequent as in a language, in sentences."""

import random
from bisect import bisect
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from tests.support.articles import article

START = datetime(2023, 1, 1, tzinfo=UTC)
WORDS = 30_000
LENGTH = 770  # characters of a text, about that of the real ones
SITES, STEP = 40, timedelta(minutes=5)
_HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
_ENDS = "，，，。，；。，：“”、"


def vocabulary():
    """Return words of one to four characters and their weights, which fall off as Zipf says."""
    chance = random.Random(2)
    chars = chance.sample(_HAN, len(_HAN))
    weights = list(accumulate(1 / (rank + 8) for rank in range(len(chars))))
    words = []
    for rank in range(WORDS):
        length = chance.choices((1, 2, 3, 4), (4, 70, 16, 10))[0] if rank > 40 else 1
        words.append("".join(chars[bisect(weights, chance.random() * weights[-1])] for _ in range(length)))
    words[300:3000:90] = [f"{chance.choice(('AI', 'GDP', 'App', 'Covid', '5G'))}" for _ in range(30)]
    return words, list(accumulate(1 / (rank + 3) ** 1.02 for rank in range(WORDS)))


_WORDS, _WEIGHTS = vocabulary()


def text_of(chance):
    """Return a text of paragraphs."""
    found, size = [], 0
    while size < LENGTH:
        words = chance.choices(_WORDS, cum_weights=_WEIGHTS, k=chance.randint(3, 9))
        found += [*words, chance.choice(_ENDS), *(["\n"] if chance.random() < 0.04 else [])]
        size += sum(map(len, words)) + 1
    return "".join(found)


def generated(number, **fields):
    """Return the record of one article; five minutes lie between it and the next."""
    chance = random.Random(number)
    moment = START + number * STEP
    text = text_of(chance)
    given = {
        "title": text[: chance.randint(12, 28)],
        "text": text,
        "site": f"site-{min(int(chance.expovariate(0.12)), SITES - 1):02}",
        "authors": [f"作者{chance.randint(1, 300)}"],
        "tags": [chance.choice(_WORDS[50:250])],
        "sort_at": moment,
        "published_at": moment,
        "published_offset": 480,
        "stored_at": moment + timedelta(minutes=chance.randint(1, 300)),
    }
    return article(number, **(given | fields))
