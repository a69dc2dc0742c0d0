"""Requests made up from the app's own description of itself: none may end in an error of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from store_sample import filled
from test_review import HOST

from stance.review.app import create_app
from stance.review.context import Settings
from stance.store import open_store

HEADERS = {"Origin": HOST, "Host": "127.0.0.1:8700", "Cookie": "stance=Ann"}
OPERATIONS = 18  # at least; fewer would mean that the description lacks pages


@pytest.fixture
def operations(store_url):
    store = filled(open_store(store_url))
    app = create_app(store, Settings())
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"Host": "127.0.0.1:8700"})
    yield [found.ok() for found in schema.get_all_operations()]
    store.close()


def known(parameters):
    """Half of the requests are for what is there: keys at random would only find what is not."""
    if isinstance(parameters.get("key"), int) and parameters["key"] % 2:
        parameters["key"] = 1 + parameters["key"] % 8
    if "actor_id" in parameters and len(str(parameters["actor_id"])) % 2:
        parameters["actor_id"] = "robert-fico"


def test_no_request_ends_in_an_error_of_ours(operations):
    reached = set()
    for operation in operations:

        @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def fits(case):
            known(case.path_parameters)
            answer = case.call(headers=HEADERS)
            case.validate_response(answer, checks=[not_a_server_error])
            assert answer.status_code != 403, "the request did not reach the app"
            reached.add((case.operation.label, answer.status_code // 100))

        fits()
    assert len(operations) >= OPERATIONS
    assert {label for label, kind in reached if kind in (2, 3)} >= {"GET /queue", "GET /statements/{key}", "POST /undo"}
