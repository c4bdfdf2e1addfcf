"""`winnow access`, as a person or a script runs it."""

import subprocess

import pytest

from scheduler.web.passwords import is_password, is_token
from store import accounts
from tests.support.winnow import Winnow

PASSWORD = "correct horse battery"


@pytest.fixture
def winnow(mongo_uri, sync_database, tmp_path):
    """The command, over an empty database."""
    return Winnow(tmp_path, mongo_uri)


def add(winnow, *arguments, said=PASSWORD, code=0):
    done = subprocess.run(
        winnow.command("access", "add", *arguments),
        **winnow.options(),
        input=said + "\n",
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def test_a_password_is_read_from_standard_input_and_kept_as_a_hash(winnow, sync_database):
    done = add(winnow, "ada", "--role", "reader")
    kept = accounts.everyone(sync_database)["ada"]
    assert (kept.role, kept.kind) == ("reader", "password")
    assert is_password(PASSWORD, kept.hash)
    assert PASSWORD not in done.stdout + done.stderr + kept.hash


def test_a_token_is_shown_once_and_alone_on_standard_output(winnow, sync_database):
    token = add(winnow, "prometheus", "--token").stdout.strip()
    assert token.startswith("prometheus.")
    assert is_token(token, accounts.everyone(sync_database)["prometheus"].hash)


def test_adding_again_changes_the_secret(winnow, sync_database):
    add(winnow, "ada")
    assert "changed" in add(winnow, "ada", said="another good password").stderr
    assert is_password("another good password", accounts.everyone(sync_database)["ada"].hash)


@pytest.mark.parametrize(
    ("arguments", "said", "line"),
    [
        (["ada"], "short", "10 to 1024 characters"),
        (["a.b"], PASSWORD, "is no name"),
        (["-x"], PASSWORD, "No such option"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_kept(winnow, sync_database, arguments, said, line):
    assert line in add(winnow, *arguments, said=said, code=2).stderr
    assert not accounts.has_any(sync_database)


def test_accounts_are_listed_without_their_hashes_and_removed(winnow, sync_database):
    add(winnow, "ada")
    listed = winnow.json("access", "list")
    assert [(each["name"], each["role"], sorted(each)) for each in listed] == [
        ("ada", "operator", ["created_at", "kind", "name", "role"])
    ]
    assert "no account is left" in winnow("access", "remove", "ada").stderr
    assert not accounts.has_any(sync_database)
    assert winnow("access", "remove", "ada", code=2).stderr.count("\n") == 1
