"""The API keeps to its own schema whatever it is asked: with parameters and bodies made up from it, and against it."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.articles import article, store
from tests.support.records import alert, run_record

ENDLESS = "/api/live"  # a stream does not end by itself
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
OPERATIONS = {GenerationMode.POSITIVE: 12, GenerationMode.NEGATIVE: 7}  # at least
TRIES = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def schema(client):
    found = client.get("/api/openapi.json").json()
    del found["paths"][ENDLESS]
    return schemathesis.openapi.from_dict(found)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_the_schema_says_and_none_is_a_failure(schema, web, sync_database, mode):
    store(sync_database, article(1, text="港口", related=[]), article(2, status="quarantined", reasons=[]))
    sync_database["runs"].insert_one(run_record(1))
    sync_database["alerts"].insert_one(alert())
    asked = set()
    for operation in (found.ok() for found in schema.get_all_operations()):

        @TRIES
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case):
            asked.add((case.method, case.path))
            case.call_and_validate(base_url=web.url, checks=CHECKS)

        with suppress(Unsatisfiable):  # where nothing can be said wrongly
            ask()
    assert len(asked) >= OPERATIONS[mode]
