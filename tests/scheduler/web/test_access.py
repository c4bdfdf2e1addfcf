"""Who may come in, and what they may do."""

import re
import socket
import time
from datetime import UTC, datetime

import httpx
import pytest

from scheduler.web import sessions
from scheduler.web.access import check_listen
from scheduler.web.passwords import hash_password, hash_token, new_token
from store import accounts, schedule
from store.accounts import Account
from store.errors import ConfigError
from tests.support.webapp import served

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)  # once: it is meant to be slow
TOKEN = new_token("prometheus")
TOKEN_HASH = hash_token(TOKEN)
FROM_PAGE = {"Sec-Fetch-Site": "same-origin"}


def put(database, name, role="operator", kind="password", hashed=HASH):
    accounts.put(database, Account(name=name, role=role, kind=kind, hash=hashed, created_at=datetime.now(UTC)))


@pytest.fixture
def ada(sync_database):
    put(sync_database, "ada")


@pytest.fixture
def reader(sync_database):
    put(sync_database, "rhea", role="reader")


@pytest.fixture
def token(sync_database):
    put(sync_database, "prometheus", role="reader", kind="token", hashed=TOKEN_HASH)
    return {"Authorization": f"Bearer {TOKEN}"}


def log_in(client, name="ada", password=PASSWORD, **more):
    return client.post("/login", data={"name": name, "password": password, **more}, headers=FROM_PAGE)


def wait_for(is_so, within=3.0):
    """Wait for a change of an account to be noticed."""
    deadline = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < deadline, "it was not noticed in time"
        time.sleep(0.05)


def form_token(client):
    return re.search(r'name="form_token" value="(\w+)"', client.get("/").text)[1]


# Without accounts.


def test_without_accounts_this_machine_may_do_all(client, sync_database):
    assert client.get("/").status_code == 200
    assert client.post("/api/sites/beacon/pause").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8600", "127.0.0.1.evil.example", ""])
def test_without_accounts_no_other_name_leads_here(client, host):
    assert client.get("/api/state", headers={"Host": host}).status_code in (400, 403)


@pytest.mark.parametrize("host", ["localhost:1", "[::1]", "127.0.0.1"])
def test_without_accounts_every_name_of_this_machine_does(client, host):
    assert client.get("/api/state", headers={"Host": host}).status_code == 200


def test_without_accounts_nobody_comes_in_through_a_proxy(client):
    assert client.get("/api/state", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_without_accounts_nobody_comes_in_by_another_address(sync_database, tmp_path, state):
    address = _own_address()
    with served(sync_database, tmp_path, state, ("0.0.0.0", 0)) as web:
        port = httpx.URL(web.url).port
        with httpx.Client(base_url=f"http://{address}:{port}") as client:
            assert client.get("/api/state", headers={"Host": "localhost"}).status_code == 403
            assert client.get("/health/live").status_code == 200


def test_without_accounts_a_page_elsewhere_can_not_ask_for_anything(client, sync_database):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert client.post("/api/sites/beacon/pause", headers=headers).status_code == 403
    assert schedule.of_site(sync_database, "beacon").paused_by is None


def test_without_accounts_a_page_of_a_proxy_that_hides_itself_changes_nothing(client, sync_database):
    hidden = FROM_PAGE | {"Origin": "https://news.example.com", "X-Form-Token": form_token(client)}
    assert client.post("/api/sites/beacon/pause", headers=hidden).status_code == 403
    assert schedule.of_site(sync_database, "beacon").paused_by is None


def test_without_accounts_a_page_of_ours_shows_its_token(client):
    assert client.post("/api/sites/beacon/pause", headers=FROM_PAGE).status_code == 403
    shown = FROM_PAGE | {"X-Form-Token": form_token(client)}
    assert client.post("/api/sites/beacon/pause", headers=shown).status_code == 200


def test_only_loopback_may_be_listened_at_without_accounts(caplog):
    check_listen("127.0.0.1", has_accounts=False)
    check_listen("::1", has_accounts=True)
    assert not caplog.text
    check_listen("0.0.0.0", has_accounts=True)
    assert "passwords go in the clear" in caplog.text
    with pytest.raises(ConfigError, match="winnow access add"):
        check_listen("0.0.0.0", has_accounts=False)


# With accounts.


def test_with_an_account_only_health_login_and_style_are_for_all(client, ada):
    assert client.get("/health/ready").status_code == 200
    assert client.get("/login").status_code == 200
    assert client.get("/static/style.css").status_code == 200
    for path in ("/api/state", "/metrics", "/api/openapi.json", "/api/live", "/api/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    for path in ("/", "/runs", "/nothing"):
        assert client.get(path).headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("host", ["127.0.0.1/health/?", "127.0.0.1/static/", "x/login?"])
def test_no_host_header_opens_the_gate(client, ada, host):
    assert client.get("/api/state", headers={"Host": host}).status_code in (400, 401)


@pytest.mark.parametrize("path", ["/health/../api/state", "/static/%2e%2e/api/state", "//api/state", "/health/%2e%2e/"])
def test_no_spelling_of_a_path_opens_the_gate(web, ada, path):
    url = httpx.URL(web.url)
    with socket.create_connection((url.host, url.port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert int(answer.split()[1]) in (303, 401, 404)
    assert "places" not in answer


def test_logging_in_leads_back_to_where_one_was_led_from(client, ada):
    asked = client.get("/runs?site=beacon").headers["location"]
    assert 'value="/runs?site=beacon"' in client.get(asked).text
    assert log_in(client, next="/runs?site=beacon").headers["location"] == "/runs?site=beacon"
    assert client.get("/runs").status_code == 200


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_logging_in_never_leads_elsewhere(client, ada, path):
    assert log_in(client, next=path).headers["location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, ada):
    cookie = log_in(client).headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/", "max-age=604800"))
    assert "secure" not in cookie


def test_behind_a_proxy_with_tls_the_cookie_is_for_tls_alone(client, ada):
    said = FROM_PAGE | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    answer = client.post("/login", data={"name": "ada", "password": PASSWORD}, headers=said)
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", "wrong password"), ("nobody", PASSWORD), ("prometheus", TOKEN)],
    ids=["wrong password", "no account", "a token's account"],
)
def test_a_wrong_name_password_or_kind_is_told_alike(client, ada, token, name, password, caplog):
    answer = log_in(client, name, password)
    assert answer.status_code == 401
    assert "Name or password is wrong" in answer.text
    assert "set-cookie" not in answer.headers
    assert "from 127.0.0.1 failed" in caplog.text
    assert name not in caplog.text.replace("from 127.0.0.1", "")
    assert password not in caplog.text


def test_guessing_is_slowed_down_and_the_right_password_does_not_help_then(client, ada):
    assert [log_in(client, "ada", f"guess number {number}").status_code for number in range(6)] == [401] * 5 + [429]
    answer = log_in(client)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_who_knows_one_password_guesses_no_more_of_another_by_it(client, ada, reader):
    told = []
    for number in range(6):
        told.append(log_in(client, "ada", f"guess number {number}").status_code)
        log_in(client, "rhea")
        client.cookies.clear()
    assert told == [401] * 5 + [429]


def test_guessing_elsewhere_keeps_nobody_out(client, ada):
    for number in range(12):
        guess = {"name": "ada", "password": "wrong"}
        client.post("/login", data=guess, headers=FROM_PAGE | {"X-Forwarded-For": f"203.0.113.{number % 2}"})
    assert log_in(client).status_code == 303


def test_the_limit_holds_for_each_client_that_a_proxy_names(client, ada):
    def guess(address):
        asked = {"name": "ada", "password": "wrong"}
        return client.post("/login", data=asked, headers=FROM_PAGE | {"X-Forwarded-For": address}).status_code

    assert [guess("203.0.113.7") for _ in range(6)] == [401] * 5 + [429]
    assert guess("203.0.113.8") == 401


def test_wrong_tokens_keep_the_right_one_from_nothing(client, token):
    wrong = {"Authorization": "Bearer prometheus.wrong"}
    assert {client.get("/api/state", headers=wrong).status_code for _ in range(30)} == {401}
    assert client.get("/api/state", headers=token).status_code == 200


def test_a_forged_or_strange_cookie_is_no_session(client, ada):
    for cookie in ("nonsense", "a.b.c", "", "{}"):
        assert client.get("/api/state", headers={"Cookie": f"winnow_session={cookie}"}).status_code == 401


def test_a_session_changes_things_only_with_the_token_of_its_forms(client, ada, sync_database):
    log_in(client)
    assert client.post("/api/sites/beacon/pause").status_code == 403
    assert client.post("/api/sites/beacon/pause", headers=FROM_PAGE).status_code == 403
    shown = {"X-Form-Token": form_token(client)}
    assert client.post("/api/sites/beacon/pause", headers=shown).status_code == 403
    cross = shown | {"Sec-Fetch-Site": "same-site"}
    assert client.post("/api/sites/beacon/pause", headers=cross).status_code == 403
    assert client.post("/api/sites/beacon/pause", headers=shown | FROM_PAGE).status_code == 200
    assert schedule.of_site(sync_database, "beacon").paused_by == "ada"


def test_where_a_browser_says_only_its_origin_that_is_compared(client, ada):
    log_in(client)
    shown = {"X-Form-Token": form_token(client)}
    assert client.post("/api/sites/beacon/run", headers=shown | {"Origin": str(client.base_url)}).status_code == 200
    assert client.post("/api/sites/beacon/run", headers=shown | {"Origin": "http://127.0.0.1:1"}).status_code == 403


def test_a_form_carries_its_token_in_a_field(client, ada, sync_database):
    log_in(client)
    form = {"form_token": form_token(client), "back": "/?q=bea"}
    answer = client.post("/sites/beacon/pause", data=form, headers=FROM_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=bea")
    form["form_token"] = "0" * 64
    assert client.post("/sites/beacon/resume", data=form, headers=FROM_PAGE).status_code == 403
    assert schedule.of_site(sync_database, "beacon").paused_by == "ada"


def test_one_sessions_token_is_nothing_to_another(client, ada):
    log_in(client)
    first = form_token(client)
    client.cookies.clear()
    log_in(client)
    assert client.post("/api/sites/beacon/run", headers=FROM_PAGE | {"X-Form-Token": first}).status_code == 403


def test_a_reader_reads_and_changes_nothing_but_may_log_out(client, reader, sync_database):
    log_in(client, "rhea")
    page = client.get("/")
    assert page.status_code == 200
    assert 'action="/sites/' not in page.text
    shown = FROM_PAGE | {"X-Form-Token": form_token(client)}
    answer = client.post("/api/sites/beacon/pause", headers=shown)
    assert (answer.status_code, answer.json()["error"]) == (403, "rhea may read, and change nothing")
    assert client.post("/logout", headers=shown).status_code == 303
    assert sync_database["schedule"].count_documents({}) == 0


def test_no_page_elsewhere_logs_anybody_in_or_out(client, ada):
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = client.post("/login", data={"name": "ada", "password": PASSWORD}, headers=headers)
        assert (answer.status_code, sessions.COOKIE in client.cookies) == (403, False)
    log_in(client)
    shown = {"X-Form-Token": form_token(client)}
    for headers in (shown | {"Sec-Fetch-Site": "cross-site"}, shown | {"Origin": "https://evil.example"}, FROM_PAGE):
        assert client.post("/logout", headers=headers).status_code == 403
    assert client.get("/api/state").status_code == 200


def test_a_logout_ends_the_session_for_a_copy_of_the_cookie_too(client, ada):
    log_in(client)
    copy = client.cookies[sessions.COOKIE]
    client.post("/logout", data={"form_token": form_token(client)}, headers=FROM_PAGE)
    assert client.get("/api/state", headers={"Cookie": f"{sessions.COOKIE}={copy}"}).status_code == 401


@pytest.mark.parametrize("change", ["removed", "password changed"])
def test_a_session_ends_with_its_account_or_password(client, ada, reader, sync_database, change):
    log_in(client)
    assert client.get("/api/state").status_code == 200
    if change == "removed":
        accounts.remove(sync_database, "ada")
    else:
        put(sync_database, "ada", hashed=HASH + "x")
    wait_for(lambda: client.get("/api/state").status_code == 401)


def test_a_token_needs_no_form_and_ends_with_its_account(client, ada, token, sync_database):
    assert client.get("/metrics", headers=token).status_code == 200
    assert client.post("/api/sites/beacon/run", headers=token).status_code == 403  # a reader's
    put(sync_database, "prometheus", kind="token", hashed=TOKEN_HASH)
    wait_for(lambda: client.post("/api/sites/beacon/run", headers=token).status_code == 200)
    assert schedule.of_site(sync_database, "beacon").wanted_by == "prometheus"
    accounts.remove(sync_database, "prometheus")
    wait_for(lambda: client.get("/metrics", headers=token).status_code == 401)


def test_a_password_is_no_token(client, ada):
    assert client.get("/api/state", headers={"Authorization": f"Bearer ada.{PASSWORD}"}).status_code == 401


def test_while_the_store_is_away_what_is_known_of_accounts_holds(client, ada, state):
    log_in(client)
    state.store_away_since = datetime.now(UTC)
    assert client.get("/api/state").status_code == 200
    client.cookies.clear()
    assert log_in(client).status_code == 303


def test_logging_out_while_the_store_is_away_ends_the_session_here_and_says_what_it_does_not(client, ada, state):
    log_in(client)
    shown = FROM_PAGE | {"X-Form-Token": form_token(client)}
    state.store_away_since = datetime.now(UTC)
    answer = client.post("/logout", headers=shown)
    assert answer.status_code == 503
    assert "a copy of its cookie is not" in answer.text
    assert "Log out" not in answer.text
    assert sessions.COOKIE not in client.cookies
    assert client.get("/api/state").status_code == 401


def test_every_answer_tells_the_browser_to_trust_nothing_else(client, ada):
    for path in ("/login", "/api/state", "/health/live", "/", "/static/style.css"):
        headers = client.get(path).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "server" not in headers
    assert client.get("/login").headers["cache-control"] == "no-store"


def _own_address():
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # nothing is sent: it tells which address would send it
        except OSError:
            pytest.skip("this machine has no address but loopback")
        return asking.getsockname()[0]
