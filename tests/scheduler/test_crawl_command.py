"""`winnow crawl` end to end: a real site, a real MongoDB, real processes."""

import json
import signal
import subprocess
import time

import pytest

from store.urls import key


def articles_fetched(newsroom):
    return sum(count for path, count in newsroom.hits().items() if path.startswith("/post/"))


def test_a_site_is_crawled_from_its_home_address_alone(winnow, newsroom, sync_database):
    end = winnow.json("crawl", newsroom.url)
    stored = {k: article for article in sync_database["articles"].find() for k in article["keys"]}
    for truth in newsroom.truth():
        found = stored.get(key(newsroom.url[:-1] + truth["path"]))
        if not truth["is_spam"]:
            assert found, truth["path"]
            assert found["title"] == truth["title"]
            if truth["dup_kind"] != "light":  # what a reposter hangs above and below is not the article's
                assert found["text"] == truth["text"]
            assert found["authors"] == [truth["author"]]
            assert found["category"] == truth["category"]
            assert [t["url"] for t in found["related"]] == [newsroom.url[:-1] + t["path"] for t in truth["related"]]
    assert end["state"] == "finished"
    hits = newsroom.hits()
    assert not [path for path in hits if path.startswith("/private/")]
    assert max(hits.values()) == 1


def test_spam_and_copies_are_told_apart_with_reasons(winnow, newsroom, sync_database):
    winnow("crawl", "newsroom")
    stored = {k: article for article in sync_database["articles"].find() for k in article["keys"]}
    verdicts = {verdict["_id"]: verdict for verdict in sync_database["verdicts"].find()}
    truth = {t["path"]: t for t in newsroom.truth()}
    genuine = [stored[key(newsroom.url[:-1] + path)] for path, t in truth.items() if not t["is_spam"]]
    assert {article["status"] for article in genuine} == {"accepted", "duplicate"}
    spam = [(verdicts | stored)[key(newsroom.url[:-1] + path)] for path, t in truth.items() if t["is_spam"]]
    caught = [each for each in spam if each["status"] in ("rejected", "quarantined")]
    assert len(caught) >= 0.9 * len(spam)
    assert all(each["reasons"] and each["reasons"][0]["detail"] for each in caught)
    for path, t in truth.items():
        if t["dup_kind"] in ("exact", "light"):
            copy, original = stored[key(newsroom.url[:-1] + path)], stored[key(newsroom.url[:-1] + t["dup_of"])]
            assert copy["story"] == original["story"]
            assert (original["status"], copy["status"]) == ("accepted", "duplicate")
            assert copy["copy_of"] == original["_id"]


def test_a_second_crawl_costs_next_to_nothing_and_a_third_finds_what_was_published(winnow, newsroom, sync_database):
    winnow("crawl", "newsroom")
    before = sync_database["articles"].count_documents({})
    newsroom.reset_hits()
    again = winnow.json("crawl", "newsroom")["counts"]
    assert (again["articles"], again["new"]) == (0, 0)
    assert sum(newsroom.hits().values()) <= 3
    newsroom.publish(3)
    newsroom.reset_hits()
    assert winnow.json("crawl", "newsroom")["counts"]["new"] == 3
    assert articles_fetched(newsroom) == 3
    assert sync_database["articles"].count_documents({}) == before + 3


def test_refresh_keeps_the_earlier_version_of_a_changed_article(winnow, newsroom, sync_database):
    path = next(t["path"] for t in newsroom.truth() if not t["is_spam"])
    winnow("crawl", "newsroom")
    newsroom.edit(path)
    assert winnow.json("crawl", "newsroom")["counts"]["changed"] == 0
    counts = winnow.json("crawl", "newsroom", "--refresh")["counts"]
    assert (counts["changed"], counts["new"]) == (1, 0)
    article = sync_database["articles"].find_one({"_id": key(newsroom.url[:-1] + path)})
    assert article["versions"] == 1
    assert article["text"] == next(t["text"] for t in newsroom.truth() if t["path"] == path)
    assert sync_database["versions"].count_documents({"article": article["_id"]}) == 1


def test_the_address_of_an_article_gives_it_and_its_related_ones(winnow, newsroom, sync_database):
    truth = next(t for t in newsroom.truth() if not t["is_spam"])
    winnow("crawl", newsroom.url + truth["path"].lstrip("/"))
    genuine = {newsroom.url[:-1] + t["path"] for t in truth["related"] if not t["is_spam"]}
    stored = {article["url"] for article in sync_database["articles"].find()}
    assert genuine | {newsroom.url[:-1] + truth["path"]} <= stored
    assert len(stored) <= 7


def test_the_address_of_a_list_gives_what_is_new_on_it_known_or_not(winnow, newsroom, sync_database):
    assert winnow.json("crawl", newsroom.url + "category-2.html", "--limit", "3")["counts"]["articles"] == 3
    winnow("crawl", "newsroom")
    again = winnow.json("crawl", newsroom.url + "category-2.html")
    assert (again["state"], again["counts"]["new"]) == ("finished", 0)


def test_limit_bounds_the_articles_and_the_next_crawl_goes_on(winnow, newsroom, sync_database):
    assert winnow.json("crawl", "newsroom", "--limit", "5")["counts"]["articles"] == 5
    winnow("crawl", "newsroom")
    genuine = [key(newsroom.url[:-1] + t["path"]) for t in newsroom.truth() if not t["is_spam"]]
    assert sync_database["articles"].count_documents({"keys": {"$in": genuine}}) == len(genuine)


def test_a_dry_run_shows_what_would_be_kept_and_stores_nothing(winnow, sync_database):
    shown = winnow("crawl", "newsroom", "--dry-run", "--limit", "5").stdout
    assert "accepted  article" in shown
    assert "rejected  teaser" in shown
    assert sync_database["articles"].count_documents({}) == 0
    assert sync_database["verdicts"].count_documents({}) == 0
    assert sync_database["runs"].count_documents({}) == 0


def test_ctrl_c_ends_a_crawl_cleanly_with_everything_stored(winnow, newsroom, sync_database):
    with subprocess.Popen(
        winnow.command("crawl", "newsroom", "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **winnow.options(),
    ) as process:
        while articles_fetched(newsroom) < 10:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    end = json.loads(said)
    assert end["state"] == "interrupted"
    assert sync_database["articles"].count_documents({}) == end["counts"]["new"] > 0
    assert sync_database["runs"].find_one({"_id": end["run"]})["state"] == "interrupted"


def test_two_crawls_of_one_site_at_once_are_refused(winnow, newsroom):
    sites = winnow.data / "sites.toml"
    sites.write_text(sites.read_text().replace("delay = 0", "delay = 0.3"))
    with subprocess.Popen(winnow.command("crawl", "newsroom"), stdout=subprocess.DEVNULL, **winnow.options()) as first:
        while not newsroom.hits():
            time.sleep(0.02)
        refused = winnow("crawl", "newsroom", code=4)
        assert "being crawled already" in refused.stdout
        first.send_signal(signal.SIGINT)
    assert first.returncode == 1


@pytest.mark.parametrize(
    ("target", "code", "said"),
    [
        ("nosuchsite", 2, "unknown site 'nosuchsite'; the sites file has: newsroom"),
        ("ftp://example.com/", 2, "ftp://example.com/"),
        ("http://no-such-host.invalid/", 2, "can't be resolved"),
        ("http://10.255.0.1/", 2, "WINNOW_ALLOW_PRIVATE=10.255.0.1:80"),
        ("{url}robots.txt", 2, "no article and no list of articles"),
        ("{url}gone.html", 1, "404"),
    ],
)
def test_a_bad_target_is_one_clear_line(winnow, newsroom, target, code, said):
    done = winnow("crawl", target.format(url=newsroom.url), code=code)
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_broken_sites_file_is_told_with_file_line_site_and_key(winnow):
    (winnow.data / "sites.toml").write_text('[site.demo]\nurl = "http://example.com/"\nevry = "5m"\n')
    said = winnow("crawl", "demo", code=2).stderr
    assert "sites.toml:3: site demo: evry" in said.replace("'", "")
    assert said.count("\n") == 1


def test_an_unreachable_mongodb_is_exit_code_3(winnow):
    assert "does not answer" in winnow("crawl", "newsroom", code=3, MONGODB_URI="mongodb://127.0.0.1:1/").stderr


def test_scrapys_own_command_crawls_too(winnow, newsroom, sync_database):
    options = winnow.options()
    command = [*winnow.command()[:2], "scrapy", "crawl", "news", "-a", "site=newsroom", "-a", "limit=3"]
    done = subprocess.run(command, **options, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "finished: ended at the limit" in done.stderr
    assert sync_database["articles"].count_documents({}) == 3
    wrong = subprocess.run([*command[:-3], "site=nosuch"], **options, capture_output=True, timeout=60, check=False)
    assert wrong.returncode == 2
    assert "winnow: unknown site 'nosuch'" in wrong.stderr
