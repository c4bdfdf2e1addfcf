"""Records and logs of runs go by age, logs by size too; what the next run goes by stays."""

import os
from datetime import UTC, datetime, timedelta

from scheduler.config import Config
from scheduler.upkeep import prune

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
CONFIG = {"crawls": 1, "grace": 0, "listen": ("127.0.0.1", 0), "proxies": [], "log": "text", "alerts": []}
CONFIG["allow_private"] = frozenset()


def record(database, site, days_ago):
    at = NOW - timedelta(days=days_ago)
    run = {
        "_id": f"{site}-{days_ago}",
        "site": site,
        "state": "finished",
        "started_at": at,
        "ended_at": at,
        "counts": {},
    }
    database["runs"].insert_one(run)


def log(folder, name, days_ago, size):
    path = folder / f"{name}.log"
    path.write_bytes(b"x" * size)
    at = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))


def test_old_records_and_logs_go_but_the_last_runs_of_each_site_stay(sync_database, tmp_path):
    for days_ago in range(100):
        record(sync_database, "busy", days_ago)
    record(sync_database, "rare", 400)
    log(tmp_path, "old", 11, 5000)
    log(tmp_path, "new", 9, 5000)
    config = Config(sites=tmp_path, keep_days=10, keep_logs=100_000, **CONFIG)
    said = prune(sync_database, tmp_path, config, NOW)
    assert sync_database["runs"].count_documents({"site": "busy"}) == 30
    assert sync_database["runs"].find_one({"_id": "busy-0"})
    assert sync_database["runs"].find_one({"_id": "rare-400"})
    assert [path.name for path in tmp_path.glob("*.log")] == ["new.log"]
    assert said == "deleted 70 records and 1 logs of old runs"
    assert prune(sync_database, tmp_path, config, NOW) == ""


def test_logs_that_take_too_much_go_the_oldest_first(sync_database, tmp_path):
    for name, days_ago in (("a", 3), ("b", 2), ("c", 1)):
        log(tmp_path, name, days_ago, 5000)
    prune(sync_database, tmp_path, Config(sites=tmp_path, keep_days=10, keep_logs=20_000, **CONFIG), NOW)
    assert sorted(path.name for path in tmp_path.glob("*.log")) == ["b.log", "c.log"]
