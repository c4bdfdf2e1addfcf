"""The API of articles and stories: what is found, in which order, page by page, and told anew only when it changed."""

from datetime import UTC, datetime, timedelta

import pytest

from store import commands, sequence
from store.queries import FIELDS
from tests.support.articles import NOW, article, keep_version, store

DAY = timedelta(days=1)


def printed(number, *, days_ago=0, **fields):
    """An article that was published so many days before, at noon of that day."""
    at = NOW - days_ago * DAY
    known = {"published_at": at, "published_precision": "minute", "published_offset": 480, "sort_at": at, "seq": number}
    return article(number, **{"title": f"title {number}", "text": f"text {number}"} | known | fields)


def ids(answer):
    return [found["url"].rpartition("/")[2] for found in answer.json()["articles"]]


def ask(client, **params):
    answer = client.get("/api/articles", params=params)
    assert answer.status_code == 200, answer.text
    return answer


def test_an_article_of_a_list_has_all_but_its_long_parts_and_the_passage_with_the_words(client, sync_database):
    store(sync_database, printed(1, text="Before it rained. Then the harvest came in.", html="<p>x</p>"))
    found = ask(client, q="harvest").json()["articles"][0]
    assert list(found) == [*FIELDS, "excerpt"]
    assert (found["text"], found["html"], found["related"]) == (None, None, None)
    assert {"text": "harvest", "is_hit": True} in found["excerpt"]
    assert found["published_at"] == "2025-12-20T20:00:00+08:00"


def test_a_full_list_has_articles_whole(client, sync_database):
    related = [{"url": "https://a.example/", "title": "t", "excerpt": "", "status": "rejected", "reasons": []}]
    store(sync_database, printed(1, html="<p>text 1</p>", related=related))
    found = ask(client, full=True).json()["articles"][0]
    assert (found["text"], found["html"], found["related"]) == ("text 1", "<p>text 1</p>", related)


def test_filters_are_as_in_the_text_of_a_search(client, sync_database):
    store(
        sync_database,
        printed(1, site="beacon", authors=["Ada Lane"], tags=["rain"]),
        printed(2, site="lantern", authors=["Ben Moor"], category="rain", days_ago=3),
        printed(3, site="lantern", status="rejected", days_ago=5),
    )
    asked = (
        ({"site": "lantern"}, "site:lantern", ["2"]),
        ({"author": "Ada Lane"}, 'author:"Ada Lane"', ["1"]),
        ({"tag": "rain"}, "tag:rain", ["1", "2"]),
        ({"until": "2025-12-18T12:00Z"}, "before:2025-12-18T12:00Z", ["2"]),
        ({"since": "2025-12-18T12:00Z"}, "after:2025-12-18T12:00Z", ["1"]),
    )
    for params, text, expected in asked:
        assert ids(ask(client, **params)) == ids(ask(client, q=text)) == expected, text
    assert ids(ask(client, status="any")) == ["1", "2", "3"]
    assert ids(ask(client, status="rejected")) == ["3"]


def test_paging_shifts_and_repeats_nothing_while_articles_come_in(client, sync_database):
    store(sync_database, *(printed(number, days_ago=number) for number in range(1, 10)))
    for query in ({}, {"q": "text"}):
        sync_database["articles"].delete_many({"url": {"$regex": "/[1-9][0-9]+$"}})
        read, after, coming = [], "", 100
        while after is not None:
            answer = ask(client, limit=2, after=after, **query)
            read += ids(answer)
            after = answer.json()["next"]
            store(sync_database, printed(coming, days_ago=0.1), printed(coming + 1, days_ago=7.5))
            coming += 2
        assert [number for number in read if int(number) < 100] == [str(number) for number in range(1, 10)]
        assert len(read) == len(set(read))
        sync_database["pages"].delete_many({})
        sync_database["fingerprints"].delete_many({})


def test_total_counts_beyond_the_page(client, sync_database):
    store(sync_database, *(printed(number) for number in range(5)))
    told = ask(client, limit=2).json()
    assert (told["total"], len(told["articles"])) == (5, 2)
    assert told["next"]


def test_the_best_come_first_where_that_is_asked_for(client, sync_database):
    store(sync_database, printed(1, text="rain " * 5, days_ago=9), printed(2, text=f"{'sun ' * 50} rain"))
    assert ids(ask(client, q="rain")) == ["2", "1"]
    assert ids(ask(client, q="rain", order="best")) == ["1", "2"]


def test_one_article_is_found_by_its_id_or_a_start_of_it(client, sync_database):
    record = printed(1, html="<p>x</p>")
    store(sync_database, record)
    whole = client.get(f"/api/articles/{record['_id']}").json()
    assert list(whole) == [*FIELDS, "excerpt"]
    assert (whole["id"], whole["html"], whole["excerpt"]) == (record["_id"], "<p>x</p>", None)
    assert client.get(f"/api/articles/{record['_id'][:6]}").json() == whole


def test_facets_count_by_site_and_day_and_not_beyond_what_is_asked(client, sync_database):
    evening = NOW.replace(hour=20)  # the next day where it was published
    store(
        sync_database,
        printed(1, site="beacon"),
        printed(2, site="beacon", published_at=evening, sort_at=evening),
        printed(3, site="lantern", days_ago=40),
    )
    told = client.get("/api/articles/facets").json()
    assert told["total"] == 3
    assert told["sites"] == [{"site": "beacon", "articles": 2}, {"site": "lantern", "articles": 1}]
    days = ("2025-11-10", "2025-12-20", "2025-12-21")
    assert told["days"] == [{"day": day, "articles": 1} for day in days]
    few = client.get("/api/articles/facets", params={"sites": 1, "days": 2, "q": "title"}).json()
    assert (few["total"], len(few["sites"]), [day["day"] for day in few["days"]]) == (3, 1, list(days[1:]))


def test_a_story_tells_its_articles_the_one_that_stands_for_it_first(client, sync_database):
    head = printed(2, days_ago=2)
    copy = {"status": "duplicate", "copy_of": head["_id"], "story": head["_id"]}
    reason = {"code": "copy", "detail": "97% of the shorter", "weight": 0.97}
    store(sync_database, printed(1, days_ago=3, reasons=[reason], **copy), head, printed(3, **copy))
    told = client.get(f"/api/stories/{head['_id']}").json()
    assert ids(client.get(f"/api/stories/{head['_id']}")) == ["2", "1", "3"]
    assert (told["total"], told["articles"][1]["reasons"]) == (3, [reason])
    few = client.get(f"/api/stories/{head['_id']}", params={"limit": 1}).json()
    assert (few["total"], len(few["articles"])) == (3, 1)


def test_the_total_of_a_story_counts_also_what_is_never_told_at_once(client, sync_database):
    head = printed(1)
    copy = {"status": "duplicate", "copy_of": head["_id"], "story": head["_id"]}
    sync_database["articles"].insert_many([head, *(article(number, **copy) for number in range(2, 1003))])
    told = client.get(f"/api/stories/{head['_id']}").json()
    assert (told["total"], len(told["articles"]), told["articles"][0]["id"]) == (1002, 200, head["_id"])


@pytest.mark.parametrize("path", ["/api/articles", "/api/articles/{id}", "/api/articles/facets", "/api/stories/{id}"])
def test_who_has_an_answer_is_told_so_until_it_changes(client, sync_database, path):
    record = printed(1)
    store(sync_database, record)
    path = path.format(id=record["_id"])
    first = client.get(path)
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (first.headers["etag"], "private, no-cache")
    changed = {"title": "changed", "site": "elsewhere", "seq": commands.run(sync_database, sequence.rise())}
    sync_database["articles"].update_one({"_id": record["_id"]}, {"$set": changed})
    anew = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert anew.status_code == 200
    assert anew.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize(
    ("path", "params", "status", "words"),
    [
        ("/api/articles", {"q": "site:"}, 400, "site: says nothing"),
        ("/api/articles", {"q": "-author:x"}, 400, "can't be excluded"),
        ("/api/articles", {"q": "！"}, 400, "nothing to search for"),
        ("/api/articles", {"author": "…"}, 400, "nothing to"),
        ("/api/articles", {"since": "yesterday"}, 400, "since: 'yesterday' is no moment"),
        ("/api/articles", {"until": "9999-99-99"}, 400, "until: "),
        ("/api/articles", {"after": "nowhere"}, 400, "no place in this list"),
        ("/api/articles", {"limit": 201}, 422, "limit: "),
        ("/api/articles", {"limit": 0}, 422, "limit: "),
        ("/api/articles", {"status": "good"}, 422, "status: "),
        ("/api/articles", {"order": "tallest"}, 422, "order: "),
        ("/api/articles", {"q": "x" * 1001}, 422, "q: "),
        ("/api/articles", {"site": "x" * 201}, 422, "site: "),
        ("/api/articles/facets", {"q": "tag:"}, 400, "tag: says nothing"),
        ("/api/articles/facets", {"days": 4001}, 422, "days: "),
        ("/api/articles/zzzz", {}, 404, "there is no article zzzz"),
        ("/api/stories/zzzz", {}, 404, "there is no story zzzz"),
        ("/api/stories/zzzz", {"limit": 201}, 422, "limit: "),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(client, path, params, status, words):
    answer = client.get(path, params=params)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert words in answer.json()["error"]


def test_no_error_has_an_etag(client):
    answer = client.get("/api/articles", params={"q": "site:"})
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_a_date_is_the_publishers_day_as_the_counts_are(client, sync_database):
    late = datetime(2025, 12, 19, 16, tzinfo=UTC)
    fields = {"sort_at": late, "published_at": late}
    store(sync_database, printed(1, published_offset=0, **fields), printed(2, published_offset=480, **fields))
    assert ids(ask(client, since="2025-12-20")) == ["2"]
    assert ids(ask(client, until="2025-12-20")) == ["1"]
    days = client.get("/api/articles/facets").json()["days"]
    assert days == [{"day": "2025-12-19", "articles": 1}, {"day": "2025-12-20", "articles": 1}]


def test_versions_are_told_oldest_first_and_in_part(client, sync_database):
    record = printed(1, text="now", versions=2)
    store(sync_database, record)
    keep_version(sync_database, record, 1, text="first", authors=None)
    keep_version(sync_database, record, 2, text="then")
    told = client.get(f"/api/articles/{record['_id']}/versions").json()
    assert [(version["number"], version["text"]) for version in told["versions"]] == [(1, "first"), (2, "then")]
    assert (told["article"], told["total"], told["versions"][0]["authors"]) == (record["_id"], 2, [])
    part = client.get(f"/api/articles/{record['_id'][:7]}/versions", params={"limit": 1, "offset": 1}).json()
    assert ([version["number"] for version in part["versions"]], part["total"]) == ([2], 2)


def test_a_difference_is_that_to_the_next_version_or_the_present(client, sync_database):
    record = printed(1, title="Three hurt", text="It rained.\nThree were hurt.", versions=2)
    store(sync_database, record)
    keep_version(sync_database, record, 1, text="It rained.")
    keep_version(sync_database, record, 2, title="Two hurt", text="It rained.\nTwo were hurt.")

    def changed(version):
        told = client.get(f"/api/articles/{record['_id']}/diff", params={"version": version}).json()
        return told, [(change["kind"], change["text"]) for change in told["text"] if change["kind"] != "same"]

    first, changes = changed(1)
    assert (first["version"], first["next"]) == (1, 2)
    assert [kind for kind, _ in changes] == ["added"]
    assert "Two were hurt." in changes[0][1]
    second, changes = changed(2)
    assert (second["version"], second["next"]) == (2, None)
    assert changes == [("removed", "Two"), ("added", "Three")]
    assert [change["kind"] for change in second["title"]] == ["removed", "added", "same"]
