"""The API against its description, by schemathesis: what it allows is answered, what it does not is refused.

A short run of every operation, the same each time. ``SCHEMATHESIS_EXAMPLES=500`` asks for longer.
"""

from __future__ import annotations

import copy
import json
import os
from typing import TYPE_CHECKING

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from starlette.applications import Starlette

from kb.server import app as server
from kb.server.api import feedback, openapi
from tests.ui.fakes import FakeAnswerer, FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "15"))
OPERATIONS = [
    pytest.param(path, method, mode, id=f"{mode.value} {method} {path}")
    for path, operations in openapi.PATHS.items()
    for method, operation in operations.items()
    for mode in GenerationMode
    # Without a parameter outside the path, and without a body, there is nothing to send that is not allowed.
    if mode is GenerationMode.POSITIVE or "requestBody" in operation or "query" in repr(operation.get("parameters"))
]


@pytest.fixture
def schema(container: FakeContainer, answerer: FakeAnswerer) -> schemathesis.BaseSchema:
    """Return the description, as it is served, with the application behind it."""
    del answerer
    application = Starlette(routes=server.routes(), middleware=server.middleware(container))
    return schemathesis.openapi.from_asgi(openapi.ADDRESS, application)


@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_every_reply_is_as_described(
    schema: schemathesis.BaseSchema, path: str, method: str, mode: GenerationMode
) -> None:
    """Status, headers, media type and schema; what is allowed is accepted, what is not is refused, nothing crashes."""
    operation = schema[path][method.upper()]

    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(max_examples=EXAMPLES, suppress_health_check=list(hypothesis.HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        if path == feedback.ADDRESS and isinstance(case.body, dict) and case.body.get("article_id"):
            del case.body["article_id"]  # 422 for an article that is not here, which no schema can say
        case.call_and_validate()

    ask()


def test_a_wrong_description_is_found(schema: schemathesis.BaseSchema) -> None:
    """The check itself: a number of articles that the description allows and the server does not."""
    raw = copy.deepcopy(schema.raw_schema)
    raw["paths"]["/api/ask"]["get"]["parameters"][1]["schema"]["minimum"] = -5
    wrong = schemathesis.openapi.from_dict(raw)
    wrong.app = schema.app
    strategy = wrong["/api/ask"]["GET"].as_strategy()

    @hypothesis.given(case=strategy)
    @hypothesis.settings(max_examples=50, suppress_health_check=list(hypothesis.HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate()

    with pytest.raises(FailureGroup, match="Schema-valid request rejected"):
        ask()


def test_a_whole_number_may_be_written_with_a_point(client: TestClient) -> None:
    """JSON does not tell 2.0 from 2; a fraction is no number of articles."""
    assert len(client.post("/api/ask", json={"text": "why did my bill go up", "k": 2.0}).json()["hits"]) == 2
    for k in (2.5, 1e400, True):
        body = json.dumps({"text": "x", "k": k})
        assert client.post("/api/ask", content=body).status_code == 422
