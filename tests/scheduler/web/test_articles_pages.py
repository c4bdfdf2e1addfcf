"""The pages of articles as a browser gets them, without its scripts; what hostile sites wrote does nothing there."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import httpx
import pytest

from scheduler.web.article import MEMBERS, VERSIONS
from tests.support.articles import NOW, article, keep_page, keep_version, store
from tests.support.webapp import served

PICTURE = "https://img.example.com/a.jpg"
TITLE = "Rain <script>alert(1)</script> \u202egpj.exe\u202c \x1b[31mred"
HOSTILE = """
<p onclick="alert(1)" style="position:fixed">Text <a href="javascript:alert(1)">leads</a>
<a href="https://other.example/" target="_top" onmouseover="x()">out</a></p>
<script>alert(1)</script><iframe src="https://evil.example/"></iframe>
<img src="https://evil.example/x.gif" onerror="x()">
<svg><script>alert(1)</script></svg><form action="https://evil.example/"><input name="password"></form>
<style>body{display:none}</style><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=/">
<object data="x"></object><h2 id="found-title">Part\u202e</h2>
"""


class Elements(HTMLParser):
    """The elements of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def shown(client, record, **headers):
    answer = client.get(f"/articles/{record['_id']}", headers=headers)
    assert answer.status_code == 200
    return answer


def test_a_search_shows_marked_passages_counts_and_feeds(client, sync_database):
    store(
        sync_database,
        article(1, title="Rain on the fields", text="Then the harvest came in.", site="beacon", authors=["Ada Lane"]),
        article(2, title="Sport", text="No harvest here.", site="lantern", status="quarantined"),
    )
    page = client.get("/articles", params={"q": "harvest", "status": "any"}).text
    assert page.count("<mark>harvest</mark>") == 2
    assert "2 articles" in page
    assert 'href="/articles?q=harvest&amp;status=any&amp;site=beacon"' in page
    assert "Ada Lane" in page
    assert '<span class="badge quarantined">quarantined</span>' in page
    alternates = [link for link in Elements(page).of("link") if link["rel"] == "alternate"]
    assert [link["href"] for link in alternates] == [
        f"/feeds/{form}?q=harvest&status=any" for form in ("atom", "rss", "json")
    ]


def test_what_was_typed_stays_with_what_is_wrong_in_it(client):
    answer = client.get("/articles", params={"q": 'rain "x" -site:a', "site": "beacon"})
    assert answer.status_code == 400
    assert '<p class="notice bad" role="alert" id="problem">-site: can&#39;t be excluded' in answer.text
    assert 'value="rain &#34;x&#34; -site:a"' in answer.text
    assert 'name="site" value="beacon"' in answer.text
    assert answer.text.index("can&#39;t be excluded") < answer.text.index('name="q"')


def test_a_search_without_results_says_where_to_look(client, sync_database):
    store(sync_database, article(1, text="rain", status="rejected"))
    page = client.get("/articles", params={"q": "rain", "site": "demo"}).text
    assert "No article fits." in page
    assert 'href="/articles?q=rain&amp;site=demo&amp;status=any"' in page
    assert "They come with the first crawl" not in page


def test_a_list_goes_on_from_page_to_page_with_its_filters(client, sync_database):
    store(sync_database, *(article(n, title=f"rain {n}", sort_at=NOW - timedelta(hours=n)) for n in range(35)))
    first = client.get("/articles", params={"q": "rain", "site": "demo"}).text
    further = next(link["href"] for link in Elements(first).of("a") if link.get("rel") == "next")
    second = client.get(further).text
    assert (first.count('class="excerpt"'), second.count('class="excerpt"')) == (30, 5)
    assert 'rel="next"' not in second
    assert 'href="/articles?q=rain&amp;site=demo">← to the first' in second


def test_days_are_bars_that_lead_to_them_and_a_table_with_the_same(client, sync_database):
    store(sync_database, article(1), article(2), article(3, sort_at=NOW - timedelta(days=90)))
    page = client.get("/articles", params={"q": "x"}).text
    day = "/articles?q=x&since=2025-12-20&until=2025-12-21"
    bar, row = [link for link in Elements(page).of("a") if link["href"] == day]
    assert (bar.get("tabindex"), row.get("tabindex")) == ("-1", None)
    assert "<title>2025-12-20: 2</title>" in page
    assert 'href="/articles?q=x&amp;until=2025-10-22">← 1 earlier' in page


def test_an_article_shows_its_facts(client, sync_database):
    at = NOW - timedelta(hours=30)
    known = {"published_at": at, "published_offset": 480, "published_precision": "day", "published_text": "前天"}
    named = {"authors": ["Ada Lane"], "source": "The Beacon", "category": "Fields", "tags": ["rain"], "language": "en"}
    record = article(1, title="The harvest", html="<p>It came <em>in</em>.</p>", **known, **named)
    store(sync_database, record)
    page = shown(client, record).text
    for words in (
        '<h1 dir="auto">The harvest</h1>',
        "<p>It came <em>in</em>.</p>",
        "2025-12-19</time>",
        "known to the day",
        '<span dir="auto">前天</span>',
        '<a href="/articles?author=Ada+Lane" dir="auto">Ada Lane</a>',
        '<a href="/articles?tag=rain" dir="auto">rain</a>',
        '<a href="/articles?tag=Fields" dir="auto">Fields</a>',
        "The Beacon",
        'lang="en"',
    ):
        assert words in page
    assert client.get(f"/articles/{record['_id'][:8]}").text.count("The harvest") == page.count("The harvest")


def test_a_copy_leads_to_its_original_and_the_story_says_how_alike(client, sync_database):
    head, copy = article(1, title="The first"), article(2, title="The copy")
    reason = {"code": "copy", "detail": "all but a line", "weight": 0.974}
    copy |= {"status": "duplicate", "copy_of": head["_id"], "story": head["_id"], "reasons": [reason]}
    store(sync_database, head, copy)
    page = shown(client, copy).text
    assert f'<a href="/articles/{head["_id"]}">copy of this article</a>' in page
    assert "all but a line" in page
    assert "stands for the story" in page
    assert "97 % alike" in shown(client, head).text


def test_teasers_shown_under_it_have_their_verdicts_and_reasons(client, sync_database):
    reason = {"code": "hook-phrase", "detail": "you won't believe", "weight": 2.0}
    bait = {
        "url": "https://a.example/bait",
        "title": "Bait",
        "excerpt": "…",
        "status": "rejected",
        "reasons": [reason],
    }
    hostile = bait | {"url": "javascript:alert(1)", "title": "Run", "status": "accepted", "reasons": []}
    record = article(1, related=[bait, hostile])
    store(sync_database, record)
    page = shown(client, record).text
    assert '<span class="badge rejected">rejected</span>' in page
    assert "<code>hook-phrase</code>" in page
    assert "you won&#39;t believe" in page
    bait_link = next(link for link in Elements(page).of("a") if link["href"] == "https://a.example/bait")
    assert bait_link["rel"] == "noreferrer noopener nofollow"
    assert "javascript:" not in page


def test_what_was_removed_from_its_page_is_shown(client, sync_database):
    record = article(1, title="The harvest", text="It came in.")
    store(sync_database, record)
    keep_page(
        sync_database, record, "<nav>Home</nav><h1>The harvest</h1><p>It came in.</p><p>Buy <b>now</b> &lt;i></p>"
    )
    assert f'href="/articles/{record["_id"]}/removed"' in shown(client, record).text
    page = client.get(f"/articles/{record['_id']}/removed").text
    assert "2 blocks" in page
    assert '<li dir="auto">Home</li>' in page
    assert '<li dir="auto">Buy now &lt;i&gt;</li>' in page
    sync_database["pages"].delete_many({})
    assert "is not kept" in client.get(f"/articles/{record['_id']}/removed").text


def test_long_stories_and_histories_are_cut_and_say_what_is_left(client, sync_database):
    head = article(0, title="The first", versions=VERSIONS + 2)
    copies = [
        article(number, title=f"Copy {number}", status="duplicate", copy_of=head["_id"], story=head["_id"])
        for number in range(1, MEMBERS + 4)
    ]
    store(sync_database, head, *copies)
    for number in range(1, VERSIONS + 3):
        keep_version(sync_database, head, number, title="was")
    page = shown(client, head).text
    assert page.count(">Copy ") == MEMBERS
    assert "and 3 more ·" in page
    assert "and 2 more</p>" in page
    assert "what changed after version 3<" in page
    assert "what changed after version 2<" not in page
    assert "and 3 more ·" in shown(client, copies[-1]).text


def test_what_was_just_done_to_an_article_is_said_on_its_page(client, sync_database):
    record, other = article(1, title="The harvest"), article(2)
    store(sync_database, record, other)
    path = f"/articles/{record['_id']}"
    answer = client.post(f"{path}/condemn", data={"back": path}, follow_redirects=True)
    assert '<p role="status">Condemned: The harvest</p>' in answer.text
    (undo,) = re.findall(r'action="(/reviews/[^"]+/undo)"', answer.text)
    assert "Condemned" not in client.get(f"/articles/{other['_id']}", params=dict(answer.url.params)).text
    back = client.post(undo, data={"back": path}, follow_redirects=True).text
    assert '<p role="status">Put back: The harvest</p>' in back
    assert "/undo" not in back


def test_only_the_page_that_shows_a_picture_may_load_it(client, sync_database):
    record, without = article(1, images=[PICTURE, "https://elsewhere.example/b.jpg"]), article(2)
    store(sync_database, record, without)
    answer = shown(client, record)
    picture = next(each for each in Elements(answer.text).of("img") if each["src"] == PICTURE)
    assert (picture["referrerpolicy"], picture["loading"]) == ("no-referrer", "lazy")
    assert "img-src 'self' https://img.example.com;" in answer.headers["content-security-policy"]
    assert "example.com" not in shown(client, without).headers["content-security-policy"]
    assert "example.com" not in client.get("/articles").headers["content-security-policy"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/a.jpg",
        "http://[::1]/a.jpg",
        "http://192.168.1.1/a.jpg",
        "http://169.254.169.254/a.jpg",
        "http://nas/a.jpg",
        "http://printer.local/a.jpg",
        "http://127.1/a.jpg",
        "data:image/svg+xml,<svg/>",
        "https://x.example;script-src 'unsafe-inline'/a.jpg",
    ],
)
def test_a_picture_in_the_readers_own_network_is_not_shown(client, sync_database, address):
    record = article(1, images=[address])
    store(sync_database, record)
    answer = shown(client, record)
    assert 'class="leading"' not in answer.text
    assert "img-src 'self';" in answer.headers["content-security-policy"]


def test_a_private_picture_is_shown_where_the_operator_allowed_it(sync_database, tmp_path, state):
    record = article(1, images=["http://127.0.0.1:8711/a.jpg"])
    store(sync_database, record)
    with served(sync_database, tmp_path, state, allow_private=frozenset({("127.0.0.1", 8711)})) as web:
        answer = httpx.get(f"{web.url}/articles/{record['_id']}")
    assert "img-src 'self' http://127.0.0.1:8711;" in answer.headers["content-security-policy"]


@pytest.fixture
def hostile(sync_database):
    """An article of which every field was written to do harm."""
    names = {
        "site": '"><script>alert(1)</script>',
        "authors": ["<b onclick=x()>A</b>\u202e"],
        "tags": ["'><img src=x>"],
    }
    said = {"source": "\x1b]0;owned\x07", "published_text": "<i>now</i>", "category": "</dd><script>", "language": '"x'}
    reasons = [{"code": "<b>", "detail": "<script>alert(1)</script>", "weight": 1.0}]
    record = article(1, title=TITLE, text=f"rain {TITLE} " * 30, html=HOSTILE, reasons=reasons, **names, **said)
    record |= {"canonical_url": "javascript:alert(1)", "url": "data:text/html,<script>alert(1)</script>"}
    store(sync_database, record)
    keep_page(sync_database, record, f"<p>{TITLE.replace('<', '&lt;')}</p><p>\u202e{HOSTILE}</p>")
    return record


def test_hostile_articles_do_nothing_in_pages(client, hostile):
    for path in ("/articles?q=rain", f"/articles/{hostile['_id']}", f"/articles/{hostile['_id']}/removed"):
        page = client.get(path).text
        elements = Elements(page)
        assert [script.get("src") for script in elements.of("script")] == ["/static/live.js"]
        tags = {tag for tag, _ in elements.found}
        assert tags.isdisjoint({"iframe", "object", "embed", "base", "style"})
        assert all(image["src"].startswith("/static/") for image in elements.of("img"))
        assert all(form["action"].startswith("/articles") for form in elements.of("form"))
        names = {name for _, attributes in elements.found for name in attributes}
        assert not [name for name in names if name.startswith("on") or name == "style"]
        links = [attributes.get("href") or "" for _, attributes in elements.found]
        assert not [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link, re.IGNORECASE)]
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_links_of_an_article_tell_nobody_where_they_were(client, hostile):
    page = shown(client, hostile).text
    outward = [link for link in Elements(page).of("a") if link.get("href", "").startswith("http")]
    assert outward
    assert {link.get("rel") for link in outward} == {"noreferrer noopener nofollow"}
    assert "target" not in outward[0]


def test_a_title_of_a_megabyte_is_cut(client, sync_database):
    record = article(1, title="龙" * 350_000, text="rain")
    store(sync_database, record)
    assert len(client.get("/articles").content) < 50_000
    assert len(shown(client, record).content) < 50_000
    assert len(client.get("/api/articles").content) < 5_000


def test_pages_speak_chinese_to_who_asks_for_it(client, sync_database):
    record = article(1)
    store(sync_database, record)
    chinese = {"Accept-Language": "zh-CN"}
    assert "1 篇文章" in client.get("/articles", headers=chinese).text
    assert "判定" in shown(client, record, **chinese).text


def test_without_a_search_index_the_list_is_there_and_says_that_counts_follow(client, sync_database, web):
    store(sync_database, article(1, title="The harvest"))
    sync_database["articles"].insert_many([article(number, title="later") for number in range(2, 2100)])
    page = client.get("/articles").text
    assert "counts follow" in page
    assert page.count('class="excerpt"') == 30
