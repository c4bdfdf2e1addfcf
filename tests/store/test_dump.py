"""A dump: whole although crawls go on, for its owner's eyes, and laid out as mongorestore expects."""

import gzip
import hashlib
import stat

import bson
import pytest
from bson import json_util

from store import manifest, migrations
from store.dump import dump
from store.errors import ConfigError
from tests.support.articles import NOW, article, store


def quiet(name, done, total):
    """Show nothing."""


@pytest.fixture
def stored(sync_database):
    """Three articles, and something in a collection that Winnow doesn't know."""
    migrations.migrate(sync_database)
    store(sync_database, *map(article, range(3)))
    sync_database["sources"].insert_one({"_id": "http://example.com/feed", "site": "demo"})
    sync_database["notes"].insert_one({"_id": "n", "text": "龙舟"})
    sync_database["leases"].insert_one({"_id": "demo", "until": NOW})
    return sync_database


def test_every_collection_is_saved_but_leases_and_the_key_that_signs_sessions(stored, tmp_path):
    made = dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    assert set(made.documents) == set(stored.list_collection_names()) - {"leases", "meta"}
    for name, count in made.documents.items():
        raw = gzip.decompress((tmp_path / "d" / "winnow" / f"{name}.bson.gz").read_bytes())
        assert bson.decode_all(raw, stored.codec_options) == list(stored[name].find())
        assert stored[name].count_documents({}) == count


def test_options_and_indexes_are_saved_beside_the_documents(stored, tmp_path):
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    raw = gzip.decompress((tmp_path / "d" / "winnow" / "schedule.metadata.json.gz").read_bytes())
    saved = json_util.loads(raw)
    assert saved["collectionName"] == "schedule"
    assert len(bytes.fromhex(saved["uuid"])) == 16
    assert saved["options"] == stored["schedule"].options()
    assert [(index["name"], index.get("sparse")) for index in saved["indexes"]] == [
        ("_id_", None),
        ("wanted_at_1", True),
        ("paused_at_1", True),
    ]
    assert b'"key": {"wanted_at": {"$numberInt": "1"}}' in raw


def test_the_manifest_names_version_counts_and_checksums(stored, tmp_path):
    made = dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    assert manifest.read(tmp_path / "d") == made
    assert (made.version, made.at, made.documents["articles"]) == (migrations.VERSION, NOW, 3)
    files = list((tmp_path / "d" / "winnow").iterdir())
    assert {f"winnow/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files} == made.sha256


def test_only_its_owner_can_read_it(stored, tmp_path):
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "d").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "d", tmp_path / "d" / "winnow")} == {0o700}


@pytest.mark.parametrize(("there", "said"), [("d", "there already"), ("d.partial", "remove it")])
def test_what_is_there_is_not_touched(stored, tmp_path, there, said):
    (tmp_path / there).mkdir()
    with pytest.raises(ConfigError, match=said):
        dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_a_place_that_is_not_there_is_the_operators_mistake(stored, tmp_path):
    with pytest.raises(ConfigError, match="No such file or directory"):
        dump(stored, tmp_path / "nowhere" / "d", now=NOW, on_progress=quiet)


def test_a_dump_that_is_broken_off_leaves_nothing(stored, tmp_path):
    def interrupt(name, done, total):
        assert (tmp_path / "d.partial").exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dump(stored, tmp_path / "d", now=NOW, on_progress=interrupt)
    assert list(tmp_path.iterdir()) == []
