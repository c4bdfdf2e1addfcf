"""Adding a site over HTTP: previews as tasks with an id, and entries in the sites file."""

from datetime import UTC, datetime

import pytest

from crawler.sites import load_sites
from scheduler.preview import Preview
from scheduler.web.passwords import hash_token, new_token
from store import accounts
from store.accounts import Account
from tests.support.service import wait_for
from tests.support.silence import silence


def test_a_preview_is_a_task_that_says_how_it_ended(client):
    started = client.post("/api/previews", json={"url": "http://no-such-host.invalid"})
    assert started.status_code == 202
    assert (started.json()["state"], started.json()["url"]) == ("running", "http://no-such-host.invalid/")
    where = f"/api/previews/{started.json()['id']}"
    wait_for(lambda: client.get(where).json()["state"] == "failed")
    assert "can't be resolved" in client.get(where).json()["problem"]


@pytest.mark.parametrize(
    ("path", "asked", "status", "said"),
    [
        ("/api/previews", {"url": "nonsense"}, 400, "is no address"),
        ("/api/previews", {"url": "file:///etc/passwd"}, 400, "is no address"),
        ("/api/previews", {"url": f"http://{'x' * 2000}.example/"}, 422, "at most 2000 characters"),
        ("/api/previews", {}, 422, "url: field required"),
        ("/api/sites", {"url": "http://example.com/", "name": "two words"}, 400, "a name is of letters"),
        ("/api/sites", {"url": "http://example.com/", "name": "x" * 65}, 422, "at most 64 characters"),
        ("/api/sites", {"url": "http://example.com/", "every": "often"}, 400, "'often' is no duration"),
        ("/api/sites", {"url": "http://example.com/", "every": "1s"}, 400, "once a minute at most"),
        ("/api/sites", {"url": "http://exa mple.com/"}, 400, "is no address"),
        ("/api/sites", {"url": "http://example.com:99999/"}, 400, "is no address"),
        ("/api/sites", {"url": "http://127.0.0.1/"}, 400, "of a private network"),
        ("/api/sites", {"url": " http://localhost:8000/"}, 400, "of a private network"),
        ("/api/sites", {"url": "http://me:secret@127.0.0.1/"}, 400, "user name or password"),
    ],
)
def test_what_is_wrong_is_one_sentence(client, path, asked, status, said):
    answer = client.post(path, json=asked)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert ".toml" not in answer.json()["error"]


def test_a_preview_that_is_not_there_is_told(client):
    assert client.get("/api/previews/nothing").status_code == 404
    assert "no such preview" in client.get("/add/nothing").text
    assert client.post("/add/nothing", data={"name": "x"}).status_code == 404


def test_more_previews_than_may_be_at_once_are_refused_until_later(client, monkeypatch):
    with silence() as (url, port):
        monkeypatch.setenv("WINNOW_ALLOW_PRIVATE", f"127.0.0.1:{port}")
        assert [client.post("/api/previews", json={"url": url}).status_code for _ in range(3)] == [202, 202, 429]
        refused = client.post("/add", data={"url": url})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "15")
    assert "2 previews are being made already" in refused.text
    assert f'value="{url}"' in refused.text


def test_a_site_is_added_once(client, tmp_path):
    asked = {"url": "https://news.example.com", "every": "2h"}
    added = client.post("/api/sites", json=asked)
    assert (added.status_code, added.json()) == (
        201,
        {**asked, "name": "news.example.com", "url": "https://news.example.com/"},
    )
    assert list(load_sites(tmp_path / "sites.toml")) == ["news.example.com"]
    again = client.post("/api/sites", json={"url": "http://www.news.example.com/", "name": "other"})
    assert (again.status_code, "already, as 'news.example.com'" in again.json()["error"]) == (409, True)


def test_where_the_sites_file_lies_is_not_told(client, tmp_path):
    (tmp_path / "sites.toml").write_text("[site.demo]\n")
    refused = client.post("/api/sites", json={"url": "https://news.example.com"})
    assert refused.status_code == 409
    assert refused.json()["error"] == "the sites file has a mistake, or can't be written; mend that first"


def test_a_reader_may_neither_look_nor_add(client, sync_database):
    token = new_token("ada")
    account = Account(name="ada", role="reader", kind="token", hash=hash_token(token), created_at=datetime.now(UTC))
    accounts.put(sync_database, account)
    headers = {"Authorization": f"Bearer {token}"}
    for method, path in (("GET", "/add"), ("POST", "/add"), ("POST", "/api/previews"), ("GET", "/api/previews/x")):
        assert client.request(method, path, headers=headers).status_code == 403


def test_what_a_site_says_of_itself_is_text(client, web):
    web.previews._kept["1"] = Preview(id="1", url="http://example.com/", name="example.com", title="<i>x", state="done")
    page = client.get("/add/1").text
    assert "&lt;i&gt;x" in page
    assert "<i>x" not in page


def test_a_site_that_is_there_is_named_instead_of_a_form(client, web, state):
    web.previews._kept["1"] = Preview(id="1", url="http://beacon.example/", name="beacon.example", state="done")
    assert "as beacon." in client.get("/add/1").text


def test_a_name_that_can_not_be_is_put_right_where_it_stands(client, web):
    web.previews._kept["1"] = Preview(id="1", url="http://example.com/", name="example.com", state="done")
    wrong = client.post("/add/1", data={"name": "two words", "every": "2h"})
    assert wrong.status_code == 400
    assert "a name is of letters" in wrong.text
    assert 'value="two words"' in wrong.text
    assert "<option selected>2h</option>" in wrong.text


def test_a_page_of_another_site_can_not_add_one(client):
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/sites", json={"url": "http://example.com/"}, headers=elsewhere).status_code == 403
    without_token = {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert client.post("/add", data={"url": "http://example.com/"}, headers=without_token).status_code == 403
