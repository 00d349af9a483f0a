"""Cookies of a brand: under its name in the browser, under their own names behind the middleware."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request  # noqa: TC002 - Starlette reads annotations
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket  # noqa: TC002

from kb.server.middleware.brand_cookies import BrandCookies


def told(request: Request) -> Response:
    """Return the cookies of a request, and set two."""
    response = JSONResponse(dict(request.cookies))
    response.set_cookie("kb_session", "token", httponly=True)
    response.set_cookie("_streamlit_xsrf", "2|x")
    return response


async def told_by_socket(websocket: WebSocket) -> None:
    """Send the cookies of a websocket."""
    await websocket.accept()
    await websocket.send_json(dict(websocket.cookies))
    await websocket.close()


@pytest.fixture
def north() -> TestClient:
    """Return a client of a brand."""
    routes = [Route("/", told), WebSocketRoute("/socket", told_by_socket)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(BrandCookies, brand="north")]))


GIVEN = "kb_session=plain; kb_session.south=theirs; kb_session.north=a=b; _streamlit_xsrf=2|x; analytics=1; odd"
TAKEN = {"kb_session": "a=b", "_streamlit_xsrf": "2|x"}


def test_a_brand_reads_its_own_cookies_alone(north: TestClient) -> None:
    """Not those without a brand, which a neighbor under the same domain may have set, and not another brand's."""
    assert north.get("/", headers={"Cookie": GIVEN}).json() == TAKEN
    north.cookies.clear()
    assert north.get("/", headers={"Cookie": "kb_session=plain"}).json() == {}


def test_websockets_are_no_way_around(north: TestClient) -> None:
    """The pages read their cookies from the websocket."""
    with north.websocket_connect("/socket", headers={"Cookie": GIVEN}) as socket:
        assert socket.receive_json() == TAKEN


def test_what_is_set_has_the_name_of_the_brand(north: TestClient) -> None:
    """Except the one that the pages' own script reads by its name."""
    assert north.get("/").headers.get_list("set-cookie") == [
        "kb_session.north=token; HttpOnly; Path=/; SameSite=lax",
        "_streamlit_xsrf=2|x; Path=/; SameSite=lax",
    ]
