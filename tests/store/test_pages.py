"""Pages are read back as they were received."""

from datetime import UTC, datetime

from crawler.items import Page
from store import pages


def test_a_page_comes_back_as_it_was_kept(sync_database):
    body = "页".encode("gbk") * 5000
    headers = {"Content-Type": "text/html; charset=gbk"}
    page = Page(url="https://a.example/", status=200, headers=headers, body=body, fetched_at=datetime.now(UTC))
    sync_database["pages"].bulk_write([pages.keep("x", page)])
    assert pages.find(sync_database, "x") == pages.Kept("https://a.example/", headers, body)
    assert pages.find(sync_database, "y") is None
