"""What a supervisor asks, without login."""

from datetime import UTC, datetime


def test_live_as_long_as_the_loop_turns(client):
    assert client.get("/health/live").status_code == 200


def test_ready_when_the_service_works(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": [], "warnings": []})


def test_not_ready_while_it_starts_or_stops(client, state):
    state.is_ready = False
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["starting"])
    state.is_stopping = True
    assert client.get("/health/ready").json()["reasons"] == ["stopping"]


def test_not_ready_while_the_store_is_away(client, state):
    state.store_away_since = datetime(2025, 12, 20, 4, 30, tzinfo=UTC)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["MongoDB away since 2025-12-20T04:30:00+00:00"]
    assert client.get("/health/live").status_code == 200


def test_a_broken_sites_file_is_a_warning_that_says_nothing_of_sites(client, state):
    state.sites_file_error = "sites.toml:3: site beacon: every: write 30m"
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["warnings"]
    assert "beacon" not in answer.text
