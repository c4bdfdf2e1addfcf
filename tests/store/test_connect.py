import pytest
from pymongo.errors import AutoReconnect

from store.connect import connect, open_async, read_settings
from store.errors import ConfigError, StoreUnavailable


def test_an_unreachable_server_is_one_line_without_the_password():
    settings = read_settings({"MONGODB_URI": "mongodb://reader:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200"})
    with pytest.raises(StoreUnavailable) as caught, connect(settings):
        pass
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_uri_has_the_last_word_on_time_and_acknowledgement(mongo_uri):
    with connect(read_settings({"MONGODB_URI": f"{mongo_uri}&w=majority&serverSelectionTimeoutMS=200"})) as database:
        assert database.write_concern.document == {"w": "majority", "j": True}
        assert database.client.options.server_selection_timeout == 0.2


def test_a_server_that_is_lost_later_is_one_line_too(mongo_uri):
    with pytest.raises(StoreUnavailable, match="does not answer"), connect(read_settings({"MONGODB_URI": mongo_uri})):
        raise AutoReconnect


@pytest.mark.parametrize(
    "uri",
    ["mongo://u:secret@host/", "mongodb://u:se@cret@host/", "mongodb://u:se/cret@host/db", "mongodb://", "host:27017"],
)
def test_a_malformed_uri_is_the_operators_mistake(uri):
    with pytest.raises(ConfigError, match=r"^MONGODB_URI is malformed") as caught:
        read_settings({"MONGODB_URI": uri})
    assert "cret" not in str(caught.value)


def test_the_uri_may_name_its_database(mongo_uri):
    uri = mongo_uri.replace("/?", "/press?")
    with connect(read_settings({"MONGODB_URI": uri})) as database:
        assert database.name == "press"


def test_a_crawl_shares_the_embedded_server_of_a_command(mongo_data, mongo_uri, run):
    settings = read_settings({"WINNOW_DATA": str(mongo_data)})

    async def names():
        connection = open_async(settings)
        with connection.asked():
            await connection.database.list_collection_names()
        await connection.close()

    with connect(settings) as database:
        run(names())
        assert database.client.admin.command("ping")["ok"] == 1
