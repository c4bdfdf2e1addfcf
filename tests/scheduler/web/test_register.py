"""What the service knows of accounts while the store answers late, or not at all."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from scheduler.web.register import FRESH, Known, Register
from store.accounts import Account
from store.errors import StoreUnavailable

ADA = Account(name="ada", role="operator", kind="password", hash="h", created_at=datetime(2025, 12, 20, tzinfo=UTC))


class Store:
    """It answers until it is frozen, and then when it is thawed."""

    def __init__(self):
        self.accounts = {"ada": ADA}
        self.asked = 0
        self.is_away = False
        self.thawed = threading.Event()
        self.thawed.set()

    def load(self):
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("away")
        accounts = dict(self.accounts)
        assert self.thawed.wait(10)
        return Known(accounts, b"key")


@pytest.fixture
def store():
    made = Store()
    yield made
    made.thawed.set()


async def fresh_is_over():
    await asyncio.sleep(FRESH + 0.05)


def test_while_the_store_is_frozen_what_is_known_will_do(run, store):
    async def ask():
        register = Register(store.load)
        await register.known()
        await fresh_is_over()
        store.thawed.clear()
        seen = [await asyncio.wait_for(register.known(), 2) for _ in range(50)]
        store.thawed.set()
        return seen

    assert {tuple(known.accounts) for known in run(ask())} == {("ada",)}
    assert store.asked == 2


def test_a_store_that_answers_is_waited_for(run, store):
    async def ask():
        register = Register(store.load)
        await register.known()
        await fresh_is_over()
        store.accounts.clear()
        return await register.known()

    assert run(ask()).accounts == {}


def test_an_answer_from_before_a_change_is_not_taken_for_one_after_it(run, store):
    async def ask():
        register = Register(store.load)
        await register.known()
        await fresh_is_over()
        store.thawed.clear()
        await register.known()
        store.accounts.clear()
        register.forget()
        store.thawed.set()
        await asyncio.sleep(0.1)
        return await register.known()

    assert run(ask()).accounts == {}


def test_a_store_that_is_away_from_the_start_lets_nobody_in(run, store):
    store.is_away = True
    with pytest.raises(StoreUnavailable, match="nobody can be let in"):
        run(Register(store.load).known())


def test_what_is_known_is_good_for_a_while_only_but_that_there_is_no_account_until_the_store_is_back(run, store):
    async def ask():
        register = Register(store.load, good=FRESH)
        await register.known()
        store.is_away = True
        await fresh_is_over()
        await register.known()

    with pytest.raises(StoreUnavailable):
        run(ask())
    store.is_away = False
    store.accounts.clear()
    run(ask())
