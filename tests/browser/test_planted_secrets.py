"""One secret of each kind, typed wherever something can be typed; afterwards no file holds any of them."""

from __future__ import annotations

import json
import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, expect

from kb.privacy.redact import redact
from kb.privacy.text import Kind
from kb.settings.settings import Settings
from tests.browser.conftest import PATIENCE_MS, Visit
from tests.server.process import RunningServer, start_server
from tests.support import wait_until

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Secret:
    """A sentence with something in it that must not be written."""

    kind: Kind
    sentence: str
    pattern: re.Pattern[bytes]
    """Finds it in a file, however its parts are joined.

    Of a short number the next word is a part: four digits come up by chance in a file full of keys and times.
    """


def _secret(kind: Kind, sentence: str, *parts: str) -> Secret:
    joined = rb"(?:%[0-9A-F]{2}|\\u[0-9A-F]{4}|[^0-9A-Z]){0,12}".join(re.escape(part.encode()) for part in parts)
    return Secret(kind, sentence, re.compile(joined, re.IGNORECASE))


SECRETS = (
    _secret(Kind.CARD, "my card 4929 8817 3401 7729 was charged twice", "4929", "8817", "3401", "7729"),
    _secret(Kind.CODE, "payment page refuses cvv 7391 of my amex", "7391", "of"),
    _secret(Kind.PIN, "my account pin is 86427 and it is refused", "86427", "and"),
    _secret(Kind.ACCOUNT, "account number 8347 10 012 7719356 late fee", "7719356"),
    _secret(Kind.BANK, "my checking account 771930264415 was debited", "771930264415"),
    _secret(Kind.ROUTING, "routing number 122187335 is refused by autopay", "122187335"),
    _secret(Kind.SSN, "ssn 524-71-9938 was asked for the deposit", "524", "71", "9938"),
    _secret(Kind.PHONE, "call me at (614) 555-0173 about my bill", "555", "0173"),
    _secret(Kind.EMAIL, "send the bill to quillfeather.jones@example.com", "quillfeather"),
    _secret(Kind.ADDRESS, "moved to 48213 Marmalade Lane Apt 7 and still billed", "48213", "Marmalade"),
    _secret(Kind.NAME, "my name is Quintessa Vandermolen and my bill is wrong", "Quintessa"),
    _secret(Kind.BIRTHDAY, "born on 08/17/1953, is there a senior price", "08", "17", "1953"),
    _secret(Kind.LICENSE, "driver's license X4471902 was asked for", "X4471902"),
    _secret(Kind.DEVICE, "serial number QZP77310428 is still billed", "QZP77310428"),
    _secret(Kind.PASSWORD, "my password is Zw1tscher!Ofen and I cannot pay", "Zw1tscher"),
)
HARMLESS = "zebrastripe surcharge on my bill"


def found_in(folder: Path) -> list[str]:
    """Return every file below a folder that holds a secret, with the kinds it holds."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        kinds = [secret.kind.value for secret in SECRETS if secret.pattern.search(content)]
        if kinds:
            found.append(f"{path.relative_to(folder)}: {', '.join(kinds)}")
    return found


def test_there_is_a_secret_of_every_kind_and_the_search_finds_it(tmp_path: Path) -> None:
    """The search itself: in plain, in an address, in JSON, and in the middle of a file of bytes."""
    assert {secret.kind for secret in SECRETS} == set(Kind)
    assert len(SECRETS) == len(Kind)
    for secret in SECRETS:
        assert secret.kind in redact(secret.sentence).kinds
        assert not secret.pattern.search(redact(secret.sentence).text.encode())
        for n, text in enumerate((secret.sentence, quote(secret.sentence), json.dumps({"text": secret.sentence}))):
            file = tmp_path / str(n)
            file.write_bytes(b"\x00\xff" + text.encode() + b"\x00")
            assert found_in(tmp_path) == [f"{n}: {secret.kind.value}"], secret.kind
            file.unlink()


# ------------------------------------------------------------------------------------------------ planting


def send(server: RunningServer, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
    """Send a request, whatever its answer."""
    request = urllib.request.Request(f"{server.origin}{path}", data=body)
    if body is not None:
        request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.read()
    except urllib.error.HTTPError as error:
        return error.read()


def plant_by_api(server: RunningServer, text: str) -> None:
    """Ask, suggest, give feedback, and send what is refused: by every address and in every field."""
    asked = json.loads(send(server, "/api/ask", json.dumps({"text": text}).encode()))
    send(server, f"/api/ask?{urlencode({'text': text})}")
    send(server, f"/api/suggest?{urlencode({'text': text})}")
    for event in (
        {"query_id": asked["query_id"], "event": "not_helpful", "text": text},
        {"query_id": asked["query_id"], "event": "not_helpful", "reason": text},
        {"query_id": asked["query_id"], "event": "helpful", "article_id": text},
        {"query_id": text, "event": "helpful"},
        {"query_id": asked["query_id"], "event": text},
    ):
        send(server, "/api/feedback", json.dumps(event).encode())
    send(server, "/api/ask", f'{{"text": "{text}"'.encode())
    send(server, "/api/ask", json.dumps({"text": [text]}).encode())
    send(server, f"/api/ask?{urlencode({'text': text, 'k': text})}")
    send(server, f"/api/articles/{quote(text, safe='')}")
    send(server, f"/api/{quote(text, safe='')}")


def plant_by_form(server: RunningServer, text: str) -> None:
    """Post the plain form, and open addresses that carry it."""
    form = "application/x-www-form-urlencoded"
    send(server, "/ask", urlencode({"q": text}).encode(), form)
    judged = {"article_id": "late-fee", "event": "not_helpful", "sent": "1", "text": text}
    for fields in (judged, {**judged, "reason": text}, {**judged, "query_id": text}, {**judged, "article_id": text}):
        send(server, "/feedback", urlencode(fields).encode(), form)
    for address in ("/", "/nope", "/a/{text}", "/c/{text}", "/{text}", "/article"):
        path = address.format(text=quote(text, safe=""))
        send(server, f"{path}?{urlencode({'q': text, 'id': text, 'category': text})}")


def plant_by_page(visit: Visit, text: str) -> None:
    """Ask on the page, and reload the answer."""
    reply = visit.page.locator(".kb-answer, .kb-clarify, .kb-elsewhere, .kb-handover").first
    field = visit.page.get_by_role("combobox", name="Your question")
    field.fill(text)
    field.press("Enter")
    expect(visit.page).to_have_url(re.compile(re.escape(urlencode({"q": text}))))
    expect(reply).to_be_visible()
    visit.page.reload()
    expect(reply).to_be_visible()


def judge_on_page(visit: Visit, text: str) -> None:
    """Say on an article's page what was wrong with it."""
    visit.open("/article?id=late-fee")
    visit.page.get_by_role("button", name="No", exact=True).click()
    visit.page.get_by_role("textbox", name="What would have helped").fill(text)
    visit.page.get_by_role("button", name="Send").click()
    expect(visit.page.locator("p.kb-helpful", has_text="Thank you. Your answer helps")).to_be_visible()


@pytest.fixture
def secretive(built_index: Settings, tmp_path: Path) -> Iterator[RunningServer]:
    """Run a server that has no place to write to but one folder: home, caches and temporary files are in it."""
    places = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    for place in places.values():
        place.mkdir()
    with start_server(
        built_index, tmp_path, KB_LOG_LEVEL="debug", **{name: str(place) for name, place in places.items()}
    ) as server:
        yield server


def journal_texts(folder: Path, table: str = "queries") -> list[str]:
    """Return what customers wrote, as the journal has it."""
    with sqlite3.connect(f"file:{folder / 'data' / 'journal.db'}?mode=ro", uri=True) as connection:
        return [text for (text,) in connection.execute(f"SELECT text FROM {table} ORDER BY seq")]


def test_no_file_holds_what_was_planted(secretive: RunningServer, browser: Browser, tmp_path: Path) -> None:
    """No file holds a secret, neither while the server runs, write-ahead log included, nor after it has ended."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), secretive.origin)
    visit.open("/")
    for secret in SECRETS:
        plant_by_page(visit, secret.sentence)
        plant_by_api(secretive, secret.sentence)
        plant_by_form(secretive, secret.sentence)
    everything = ". ".join(secret.sentence for secret in SECRETS)
    judge_on_page(visit, everything)
    context.close()
    send(secretive, "/api/ask", json.dumps({"text": HARMLESS}).encode())
    wait_until(lambda: HARMLESS in journal_texts(tmp_path))
    assert found_in(tmp_path) == []
    written = journal_texts(tmp_path)
    for secret in SECRETS:  # by page, by API and by form: the sentence is there, what was secret in it is not
        assert written.count(redact(secret.sentence).text) >= 3, secret.kind
    judged = journal_texts(tmp_path, "events")
    assert redact(everything).text in judged
    assert {redact(secret.sentence).text for secret in SECRETS} <= set(judged)
    secretive.process.terminate()
    secretive.process.wait(timeout=20)
    assert found_in(tmp_path) == []
    assert any(HARMLESS.encode() in p.read_bytes() for p in (tmp_path / "data").iterdir())
    assert "Traceback" not in secretive.log.read_text()
