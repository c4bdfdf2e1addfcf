from crawler.discover.kind import looks_like_article
from crawler.document import parse
from tests.support.shared import lines, shared

TEXT = "The river rose two metres in a night, and the town was cut off until the army came. " * 8


def looks(body, url, head=""):
    return looks_like_article(parse(f"<head>{head}</head><body>{body}</body>".encode(), url))


def test_a_long_text_under_its_headline_is_an_article():
    assert looks(
        f"<h1>River town cut off by flood</h1><p>{TEXT}</p>",
        "http://n.example/flood",
        "<title>River town cut off by flood - N</title>",
    )


def test_a_short_text_among_many_related_teasers_is_an_article():
    related = "".join(
        f'<h3><a href="/post/{n}.html">Another story with a headline {n}</a></h3><p>{TEXT[:150]}</p>' for n in range(6)
    )
    page = f"<h1>River town cut off by flood</h1><p>{TEXT[:200]}</p>{related}"
    assert looks(page, "http://n.example/post/99.html", "<title>River town cut off by flood - N</title>")


def test_many_headlines_with_short_texts_are_a_list():
    teasers = "".join(
        f'<h2><a href="/post/{n}.html">A story with a headline {n}</a></h2><p>{TEXT[:180]}</p>' for n in range(12)
    )
    assert not looks(f"<h1>World</h1>{teasers}", "http://n.example/world", "<title>World - N</title>")


def test_the_address_of_a_home_page_or_archive_decides():
    page = f"<h1>River town cut off by flood</h1><p>{TEXT}</p>"
    assert not any(looks(page, f"http://n.example/{path}") for path in ("", "tag/x/", "2025/12/", "category-1_2.html"))


def test_an_empty_page_is_no_article():
    assert not looks("", "http://n.example/x")


def test_labelled_article_pages_are_seen_as_articles():
    """The pages without address get one that tells nothing; the floor is what was measured less a margin."""
    pages = [page for page in lines(shared("data/extraction-dev.jsonl.xz")) if len(page["html"]) < 200_000][::4]
    seen = [looks_like_article(parse(each["html"].encode(), each["url"] or "http://n.example/x")) for each in pages]
    assert sum(seen) / len(seen) >= 0.96
