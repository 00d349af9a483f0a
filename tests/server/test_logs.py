"""The operator's log: JSON lines, times in UTC, no word of a customer."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
from typing import Any

import pytest
import structlog
from streamlit import logger as streamlit_logger

from kb.errors import IndexDamaged
from kb.server import app as server
from kb.server import logs

SECRET = "my card is 4111 1111 1111 1111"


@pytest.fixture
def stream() -> io.StringIO:
    """Configure the log to a text in memory."""
    text = io.StringIO()
    logs.configure("info", text)
    return text


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was written, each line an object."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_an_object_with_the_time_in_utc(stream: io.StringIO) -> None:
    """Both ways of logging write one object per line, with the time in UTC."""
    logging.getLogger("kb.somewhere").warning("index %s is refused", "x-1")
    structlog.get_logger("kb.server").info("listening", port=8501)
    first, second = lines(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", first.pop("time"))
    assert first == {"event": "index x-1 is refused", "level": "warning", "logger": "kb.somewhere"}
    assert {**second, "time": ""} == {
        "event": "listening", "level": "info", "logger": "kb.server", "port": 8501, "time": ""
    }  # fmt: skip


def test_a_broken_form_is_no_news(stream: io.StringIO) -> None:
    """A stranger could fill the log with the parser's warnings, one for each request."""
    logging.getLogger("python_multipart.multipart").warning(
        "Expected boundary character %r, got %r at index %d", 1, 2, 3
    )
    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["kb.server.app", "uvicorn.error", "streamlit.runtime", "asyncio"])
def test_an_exception_is_written_without_its_message(stream: io.StringIO, name: str) -> None:
    """An exception is logged with its type and the places it passed through, which is enough to fix it."""
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger(name).exception("It went wrong")
    (line,) = lines(stream)
    assert line["error"] == "builtins.ValueError"
    assert line["at"][-1].startswith(__file__)
    assert "4111" not in stream.getvalue()


def test_an_error_on_a_page_is_logged_under_the_reference_that_is_shown(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer sees a number, the operator the same number with the cause, nobody the question."""
    shown: list[str] = []
    monkeypatch.setattr(server, "draw", shown.append)
    assert server._on_script_error(ValueError(SECRET))
    (line,) = lines(stream)
    (reference,) = re.findall(r"[0-9a-f]{8}", shown[0])
    assert reference in line["event"]
    assert line["error"] == "builtins.ValueError"
    assert "4111" not in stream.getvalue() + shown[0]


def test_what_the_product_raises_says_what_it_means(stream: io.StringIO) -> None:
    """Its messages name files and remedies."""
    damaged = IndexDamaged("index/x is damaged. Run: kb build --full")
    logging.getLogger("kb.retrieval").warning("refused", exc_info=damaged)
    assert lines(stream)[0]["message"] == "index/x is damaged. Run: kb build --full"


def test_other_people_s_values_are_not_written(stream: io.StringIO) -> None:
    """Their words are; what they put into them may be a question."""
    logging.getLogger("websockets.server").warning("bad frame: %s", SECRET)
    quoting = f"{SECRET}\nand more"
    logging.getLogger("asyncio").warning(quoting)
    assert [line["event"] for line in lines(stream)] == ["bad frame: %s", "my card is [card number]"]


def test_streamlit_s_loggers_have_no_handlers_of_their_own(stream: io.StringIO) -> None:
    """Neither those that are there nor those that come later."""
    streamlit_logger.get_logger("streamlit.made.later").warning("careful")
    streamlit_logger.update_formatter()
    streamlit_logger.get_logger("streamlit.runtime.app_session").warning("again")
    assert [line["event"] for line in lines(stream)] == ["careful", "again"]


def test_no_access_log(stream: io.StringIO) -> None:
    """Addresses carry questions."""
    logging.getLogger("uvicorn.access").critical('GET /?q=secret HTTP/1.1" 200')
    assert stream.getvalue() == ""


def test_a_thread_that_fails_is_logged_like_everything_else(stream: io.StringIO) -> None:
    """Python's own report would quote the message."""

    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines(stream)
    assert (line["event"], line["error"]) == ("a thread ended", "builtins.ValueError")
    assert "4111" not in stream.getvalue()


def test_the_level_is_the_operator_s(stream: io.StringIO) -> None:
    """Records below the level are not written; third-party records are written from warnings on."""
    logging.getLogger("kb.x").debug("no")
    logging.getLogger("somebody").info("no")
    logs.configure("error", stream)
    logging.getLogger("kb.x").warning("no")
    logging.getLogger("kb.x").error("yes")
    assert [line["event"] for line in lines(stream)] == ["yes"]


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk below it, or a reader that went away: what is logged is lost, and the caller goes on."""

    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stderr", Full())
    logs.configure("info", Full())
    logging.getLogger("kb.somewhere").warning("index %s is refused", "x-1")
    structlog.get_logger("kb.server").info("listening", port=8501)
