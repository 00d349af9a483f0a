"""Errors that nobody foresaw, such as a want of memory, while one request is answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.ui.fakes import FakeAnswerer


@pytest.mark.parametrize(
    ("address", "language", "words"),
    [
        ("/ask", "es", "Algo salió mal en esta página"),
        ("/ask", "en", "Something went wrong on this page"),
        ("/api/ask", "en", "Try again; if it happens again, name this error reference"),
    ],
)
def test_one_question_without_memory_ends_no_other(
    client: TestClient,
    answerer: FakeAnswerer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    address: str,
    language: str,
    words: str,
) -> None:
    """The customer reads a reference, the log has it with the cause, and the next question is answered."""

    def ask(*_: object, **__: object) -> None:
        raise MemoryError("an inner detail")

    def send() -> tuple[int, str]:
        given = {"json": {"text": "late fee"}} if address.startswith("/api") else {"data": {"q": "late fee"}}
        reply = client.post(address, headers={"Accept-Language": language}, **given)
        return reply.status_code, reply.text

    with monkeypatch.context() as patch:
        patch.setattr(answerer, "ask", ask)
        status, text = send()
    assert status == 500
    assert words in text
    assert "inner detail" not in text
    (reference,) = re.findall(r": ([0-9a-f]{8})\b", text)
    assert f"Error {reference} in answering a request: MemoryError" in caplog.text
    assert send()[0] == 200
