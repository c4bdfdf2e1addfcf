import pytest

from scheduler.preview import CUT, EMPTY, LIMIT, MOST_SHOWN, TOO_LATE, Preview


def started():
    return Preview(id="1", url="http://example.com/", name="example.com")


def verdict(kind="article", **facts):
    told = {"url": "http://example.com/1", "title": "t", "excerpt": "", "published_at": None, "status": "accepted"}
    return {"event": "verdict", "kind": kind, "published_precision": None, "reasons": []} | told | facts


def ended(state="finished", reason="all read", **facts):
    return {"event": "end", "state": state, "reason": reason} | facts


def test_it_is_enough_when_so_many_articles_were_judged_or_failed():
    preview = started()
    assert [preview.take(verdict()) for _ in range(LIMIT)] == [False] * (LIMIT - 1) + [True]
    counts = {"pages": 12, "articles": LIMIT - 2, "failed": 2}
    assert started().take({"event": "progress", "counts": counts})


def test_what_a_site_tells_is_bounded():
    preview = started()
    sources = [{"kind": "feed", "url": f"http://example.com/{number}"} for number in range(100)]
    preview.take({"event": "home", "title": "t" * 1000, "cms": None, "sources": sources})
    reasons = [{"code": "hook", "detail": "d" * 1000}] * 20
    for _ in range(100):
        preview.take(verdict("teaser", status="rejected", title="t" * 5000, excerpt="e" * 5000, reasons=reasons))
    assert (len(preview.sources), len(preview.rejected), preview.rejected_total) == (MOST_SHOWN, MOST_SHOWN, 100)
    assert len(repr(preview)) < 100_000


@pytest.mark.parametrize(
    ("taken", "end", "killed", "state", "problem"),
    [
        ([verdict()], ended(), None, "done", None),
        ([verdict()], ended("interrupted", "stopped by a signal"), None, "done", None),
        ([verdict("teaser", status="rejected")], ended(), None, "done", None),
        ([verdict()], ended("failed", "ended", cause="time-limit"), None, "done", CUT),
        ([verdict()], ended("interrupted", "was ended by SIGKILL"), "it was killed", "done", "it was killed"),
        ([], ended(), None, "failed", EMPTY),
        ([], ended("failed", "ended", cause="time-limit"), None, "failed", TOO_LATE),
        ([], ended("failed", "robots.txt disallows it", cause="unreadable"), None, "failed", "robots.txt disallows it"),
        ([], ended("interrupted", "was ended by SIGKILL"), "it was killed", "failed", "it was killed"),
    ],
)
def test_its_end_says_in_a_sentence_what_is_missing(taken, end, killed, state, problem):
    preview = started()
    for event in taken:
        preview.take(event)
    preview.end(end, killed)
    assert (preview.state, preview.problem) == (state, problem)
