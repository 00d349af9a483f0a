"""A page that lost its process: drawn unseen where it comes next, before its first click."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from kb.server.middleware.moved_pages import MovedPage, has_moved

if TYPE_CHECKING:
    from starlette.types import Message


def click(fragment: str = "") -> Message:
    """Return what a page says when a button is pressed: also what its fields hold."""
    said = BackMsg()
    said.rerun_script.query_string, said.rerun_script.page_script_hash = "q=late+fee", "abc"
    said.rerun_script.fragment_id = fragment
    said.rerun_script.widget_states.widgets.add(id="button", trigger_value=True)
    return {"type": "websocket.receive", "bytes": said.SerializeToString()}


def told(**fields: Any) -> Message:
    """Return what a page is told."""
    return {"type": "websocket.send", "bytes": ForwardMsg(**fields).SerializeToString()}


def an_element(text: str) -> Message:
    """Return an element of a page."""
    said = ForwardMsg()
    said.delta.new_element.markdown.body = text
    return {"type": "websocket.send", "bytes": said.SerializeToString()}


class Browser:
    """The other end of a websocket: says what it is given, and keeps what it is told."""

    def __init__(self, *says: Message) -> None:
        """Prepare what it says."""
        self.says, self.told = list(says), []

    async def receive(self) -> Message:
        """Say the next thing."""
        return self.says.pop(0)

    async def send(self, message: Message) -> None:
        """Be told something."""
        self.told.append(message)


@pytest.mark.parametrize(
    ("protocol", "moved"),
    [
        ("", False),
        ("streamlit", False),
        ("streamlit, PLACEHOLDER_AUTH_TOKEN", False),
        ("streamlit, PLACEHOLDER_AUTH_TOKEN, ", False),
        ("streamlit, PLACEHOLDER_AUTH_TOKEN, 6f1c", True),
    ],
)
def test_a_page_that_had_a_session_says_so(protocol: str, *, moved: bool) -> None:
    """The third entry of the protocol's header is the session that it had."""
    assert has_moved({"type": "websocket", "headers": [(b"sec-websocket-protocol", protocol.encode())]}) is moved


@pytest.mark.parametrize("fragment", ["", "feedback"])
def test_the_first_click_follows_an_unseen_drawing(fragment: str) -> None:
    """The page is drawn without the click, of which the browser hears nothing; then the click comes, whole."""
    first, second = click(fragment), click()
    browser = Browser(first, second)
    early, ends = ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_SUCCESSFULLY

    async def visit() -> None:
        page = MovedPage(browser.receive, browser.send)
        drawn = BackMsg.FromString((await page.receive())["bytes"]).rerun_script
        assert (drawn.query_string, drawn.page_script_hash) == ("q=late+fee", "abc")
        assert not drawn.fragment_id
        assert not drawn.widget_states.widgets
        waiting = asyncio.create_task(page.receive())
        for message in (an_element("unseen"), told(script_finished=early), an_element("unseen " * 100)):
            await page.send(message)
        await asyncio.sleep(0)
        assert not waiting.done()
        await page.send(told(script_finished=ends))
        assert await waiting == first
        await page.send(an_element("seen"))
        assert await page.receive() == second

    asyncio.run(visit())
    assert browser.told == [an_element("seen")]


def test_what_is_no_click_needs_no_drawing() -> None:
    """A page that is opened, anything but a run, data that is no message, and the end: all as they come."""
    opened, beat = BackMsg(), BackMsg(app_heartbeat=True)
    opened.rerun_script.query_string = "q=late+fee"
    for said in (opened.SerializeToString(), beat.SerializeToString(), b"\xff\xff"):
        messages = [{"type": "websocket.receive", "bytes": said}, click(), {"type": "websocket.disconnect"}]
        browser = Browser(*messages)

        async def visit(browser: Browser = browser) -> list[Message]:
            page = MovedPage(browser.receive, browser.send)
            await page.send(an_element("seen"))
            return [await page.receive() for _ in range(3)]

        assert asyncio.run(visit()) == messages
        assert browser.told == [an_element("seen")]
