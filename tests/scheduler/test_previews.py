"""Previews of real sites by real crawls."""

import asyncio

import pytest

from scheduler.preview import LIMIT, Preview, PreviewsBusy
from scheduler.previews import KEPT, MOST_AT_ONCE, MOST_KEPT, Previews
from store.errors import ConfigError
from tests.scheduler.conftest import NOW
from tests.support.service import wait_for
from tests.support.silence import crawls_of, silence


@pytest.fixture
def around(mongo_uri, sync_database, tmp_path, monkeypatch):
    """What a service hands down to its crawls; `allow` a port of this machine."""
    ours = {"MONGODB_URI": mongo_uri, "WINNOW_DATA": str(tmp_path), "WINNOW_DELAY": "0", "WINNOW_NOW": NOW.isoformat()}
    for name, value in ours.items():
        monkeypatch.setenv(name, value)
    return lambda *ports: monkeypatch.setenv("WINNOW_ALLOW_PRIVATE", ",".join(f"127.0.0.1:{port}" for port in ports))


async def over(previews, url):
    preview = previews.start(url)
    await asyncio.gather(*previews._tasks)
    assert previews.find(preview.id) is preview
    return preview


def test_what_would_be_taken_of_a_site_is_told_and_nothing_stored(newsroom, sync_database, around, run, tmp_path):
    around(newsroom.port)
    preview = run(over(Previews(), newsroom.url))
    truth = {newsroom.url[:-1] + told["path"]: told for told in newsroom.truth()}
    assert (preview.state, preview.problem, preview.cms) == ("done", None, None)
    assert preview.title.startswith("云川快讯")
    assert {source.kind for source in preview.sources} == {"feed", "listing", "sitemap"}
    assert len(preview.articles) == LIMIT
    assert all(found.title == truth[found.url]["title"] for found in preview.articles)
    assert all(found.published_at and found.excerpt for found in preview.articles)
    assert preview.rejected_total == len(preview.rejected) > 0
    assert all(truth[found.url]["is_spam"] and found.reasons for found in preview.rejected)
    assert {name: sync_database[name].count_documents({}) for name in sync_database.list_collection_names()} == {}
    assert list(tmp_path.iterdir()) == []


def test_why_nothing_would_be_taken_is_one_sentence(newsroom, around, run):
    said = {
        "http://no-such-host.invalid/": "can't be resolved",
        "http://10.255.0.1/": "private address 10.255.0.1 refused",
        f"{newsroom.url}private/": "robots.txt disallows",
        f"{newsroom.url}gone.html": "404",
    }

    async def scene():
        return await asyncio.gather(*(over(Previews(), url) for url in said))

    around(newsroom.port)
    for preview in run(scene()):
        assert preview.state == "failed"
        assert said[preview.url] in preview.problem
        assert "\n" not in preview.problem


def test_a_third_at_once_is_refused_and_none_outlives_its_maker(around, run):
    async def scene():
        previews = Previews()
        made = [previews.start(url) for _ in range(MOST_AT_ONCE)]
        with pytest.raises(PreviewsBusy, match="made already"):
            previews.start(url)
        await asyncio.to_thread(wait_for, lambda: len(crawls_of(url)) == MOST_AT_ONCE)
        await previews.end()
        with pytest.raises(PreviewsBusy, match="stopping"):
            previews.start(url)
        return made

    with silence() as (url, port):
        around(port)
        made = run(scene())
        assert crawls_of(url) == []
    assert {(preview.state, preview.problem) for preview in made} == {("failed", "the service stopped")}


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"seconds": 0.0}, "killed after 0 seconds"), ({"memory": 1 << 20}, "held more than 1 MiB")],
)
def test_one_that_keeps_no_limit_is_killed(around, run, limits, said):
    with silence() as (url, port):
        around(port)
        preview = run(over(Previews(**limits), url))
        assert said in preview.problem
        assert crawls_of(url) == []


def test_the_last_are_kept_for_some_minutes(run):
    async def scene(*ages):
        previews, now = Previews(), asyncio.get_running_loop().time()
        for number, age in enumerate(ages):
            previews._kept[f"{number}"] = Preview(id=f"{number}", url="http://example.com/", name="example.com")
            previews._ended_at[f"{number}"] = now - age
        return [previews.find(f"{number}") is not None for number in range(len(ages))]

    assert run(scene(*range(MOST_KEPT + 2, 0, -1))) == [False] * 2 + [True] * MOST_KEPT
    assert run(scene(KEPT + 1, KEPT - 1)) == [False, True]


def test_what_is_no_address_is_refused_at_once():
    with pytest.raises(ConfigError, match="is no address"):
        Previews().start("nonsense")
