"""The API's description: sound by itself, and true of every answer the server gives."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from starlette.routing import Mount, Route

from kb.errors import IndexMissing
from kb.server.api import openapi
from kb.server.api import routes as api
from kb.server.pages import routes as pages
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

DESCRIPTION = openapi.description("Help")
NOT_JSON = {"/robots.txt", "/sitemap.xml", "/assets/text.woff2"}


def schema_of(path: str, method: str, status: int) -> dict[str, Any]:
    """Return the schema of an answer, closed: what is not described is an error."""
    content = DESCRIPTION["paths"][path][method]["responses"][str(status)]["content"]
    closed = copy.deepcopy(DESCRIPTION["components"]["schemas"])
    for schema in closed.values():
        schema["additionalProperties"] = False
    return {**content["application/json"]["schema"], "components": {"schemas": closed}}


def check(path: str, method: str, reply: Any) -> None:
    """Hold an answer against its description."""
    schema = schema_of(path, method, reply.status_code)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(reply.json())


def test_the_description_is_served_as_it_is_made(client: TestClient) -> None:
    """The description is served at its own address, with the site's name."""
    served = client.get("/api/openapi.json").json()
    assert served["openapi"] == "3.1.0"
    assert served["paths"] == DESCRIPTION["paths"]
    assert served["info"]["title"].endswith(": API")


def test_every_route_is_described_and_nothing_else() -> None:
    """All JSON addresses are described with their methods; catch-all patterns are not addresses."""
    routes = [r for r in [*api.routes(), *pages.routes()] if isinstance(r, Route) and "{rest" not in r.path]
    json_routes = [r for r in routes if r.path.startswith("/api/") or r.path in {"/healthz", "/readyz", "/metrics"}]
    served: dict[str, set[str]] = {}
    for route in json_routes:
        path = re.sub(r"\{\w+\}", "{id}", route.path)
        served.setdefault(path, set()).update(m.lower() for m in route.methods or () if m != "HEAD")
    assert {path: set(operations) for path, operations in DESCRIPTION["paths"].items()} == served
    others = {r.path for r in routes} - {r.path for r in json_routes}
    assert not [path for path in others if path.endswith("z") or path.startswith("/api")]
    assert [r for r in pages.routes() if isinstance(r, Mount) and r.path.startswith("/api")] == []


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    """No reference dangles, no schema is unused, and every operation has a unique name."""
    text = repr(DESCRIPTION)
    used = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert used == set(DESCRIPTION["components"]["schemas"])
    names = re.findall(r"'operationId': '(\w+)'", text)
    assert len(names) == len(set(names)) == sum(len(o) for o in DESCRIPTION["paths"].values())


def test_parameters_of_a_path_are_described() -> None:
    """Path parameters are described as required, as the standard demands."""
    for path, operations in DESCRIPTION["paths"].items():
        for operation in operations.values():
            inside = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path" and p["required"]}
            assert inside == set(re.findall(r"\{(\w+)\}", path))


@pytest.mark.parametrize(
    "text",
    [
        *("why did my bill go up", "late", "", "how do I bake bread", "x" * 2000, "¿por qué subió mi factura?"),
        *("my wifi crawls", "my comcast wifi crawls", "netflix charged me", "something else", "agent"),
    ],
)
def test_answers_are_as_described(client: TestClient, text: str) -> None:
    """Answered, clarify and no answer, by GET and by POST."""
    check("/api/ask", "get", client.get("/api/ask", params={"text": text}))
    check("/api/ask", "post", client.post("/api/ask", json={"text": text}))


def test_a_signpost_is_given_where_there_is_one(client: TestClient) -> None:
    """Its id, title, text and the names; without one only names, and nothing for any other reason."""
    found = client.post("/api/ask", json={"text": "my comcast wifi crawls"}).json()
    assert (found["outcome"], found["reason"]) == ("no_answer", "elsewhere")
    assert found["signpost"] == {
        "id": "slow-internet",
        "title": "Slow internet",
        "text": "Speed is not explained here. Restart the modem, or see *Spectrum.net*.",
        "names": ["Comcast"],
    }
    named = client.post("/api/ask", json={"text": "netflix charged me"}).json()["signpost"]
    assert named == {"id": None, "title": None, "text": None, "names": ["Netflix", "Hulu"]}
    assert client.post("/api/ask", json={"text": "agent"}).json()["signpost"] is None


def test_no_article_is_a_signpost() -> None:
    """Customers cannot open one, so the kinds of articles leave it out."""
    kinds = openapi.SCHEMAS["Article"]["properties"]["kind"]["enum"]
    assert kinds == ["faq", "troubleshooting", "tutorial", "reference"]


def test_everything_else_is_as_described(client: TestClient) -> None:
    """Suggestions, articles, health and the errors of each."""
    check("/api/suggest", "get", client.get("/api/suggest?text=late"))
    check("/api/suggest", "get", client.get("/api/suggest"))
    check("/api/popular", "get", client.get("/api/popular"))
    check("/api/articles/{id}", "get", client.get("/api/articles/set-up-autopay"))
    check("/api/articles/{id}", "get", client.get("/api/articles/nope"))
    check("/api/ask", "get", client.get("/api/ask"))
    check("/api/ask", "post", client.post("/api/ask", content=b"{"))
    check("/api/ask", "post", client.post("/api/ask", json={}))
    check("/healthz", "get", client.get("/healthz"))
    check("/readyz", "get", client.get("/readyz"))


def test_without_an_index_the_errors_are_as_described(client: TestClient, container: FakeContainer) -> None:
    """Every operation that needs an index describes status 503."""
    container.put(answerer=IndexMissing("There is no index. Run: kb build"))
    check("/api/ask", "get", client.get("/api/ask?text=x"))
    check("/api/ask", "post", client.post("/api/ask", json={"text": "x"}))
    check("/api/articles/{id}", "get", client.get("/api/articles/x"))
    check("/readyz", "get", client.get("/readyz"))


def test_a_wrong_answer_is_found_by_the_check() -> None:
    """The checker itself: a missing key and a key too many."""
    validator = jsonschema.Draft202012Validator(schema_of("/healthz", "get", 200))
    assert validator.is_valid({"status": "alive"})
    assert not validator.is_valid({})
    assert not validator.is_valid({"status": "alive", "more": 1})
    assert not validator.is_valid({"status": "dead"})


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/ask", ("GET", "HEAD", "POST", "OPTIONS")),
        ("/api/articles/a", ("GET", "HEAD", "OPTIONS")),
        ("/api/articles/a/b", ()),
        ("/api/articles/", ()),
        ("/api/", ()),
        ("/api/asks", ()),
    ],
)
def test_methods_of_an_address(path: str, methods: tuple[str, ...]) -> None:
    """An address gives its documented methods, an unknown one gives none."""
    assert openapi.methods_of(path) == methods
