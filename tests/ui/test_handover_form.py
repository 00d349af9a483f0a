"""The form for a callback or an answer: off until set up, whole before it is sent, sent once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.contact.courier import Courier
from kb.contact.outbox import Outbox
from kb.database.engine import open_engine, upgrade
from kb.errors import JournalUnavailable
from kb.settings.handover import Delivery, HandOver
from kb.settings.settings import Settings
from kb.types import OutboxMessage
from kb.ui.keys import Key
from tests.ui import fakes
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

HANDOVER = HandOver(Delivery.WEBHOOK, url="https://desk.example.com/in", promise="We call within a day.")


class Carrier:
    """Delivers into a list."""

    def __init__(self) -> None:
        self.arrived: list[OutboxMessage] = []

    def deliver(self, message: OutboxMessage) -> None:
        """Take a message."""
        self.arrived.append(message)


@pytest.fixture
def courier(tmp_path: Path) -> Iterator[Courier]:
    """A courier with a real outbox; it delivers when it is told to."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    yield Courier(Outbox(engine), Carrier())
    engine.dispose()


@pytest.fixture
def form(app: AppTest, container: FakeContainer, courier: Courier) -> AppTest:
    """The contact page with a help desk behind it."""
    site = replace(fakes.SITE, handover=HANDOVER)
    container.put(settings=Settings(site=site))
    container.put(courier=courier)
    app.run()
    app.switch_page("kb/ui/pages/contact.py").run()
    assert not app.exception
    return app


def fill(form: AppTest, *, consent: bool = True) -> None:
    """Fill in the form and send it."""
    form.text_input(key=Key.HANDOVER_NAME).set_value("Robin")
    form.text_input(key=Key.HANDOVER_REACH).set_value("(555) 555-0100")
    form.text_area(key=Key.HANDOVER_QUESTION).set_value("Why did it go up?")
    if consent:
        form.checkbox(key=Key.HANDOVER_CONSENT).check()
    form.button(key=Key.HANDOVER_SUBMIT).click().run()
    assert not form.exception


def arrived(courier: Courier) -> list[dict[str, str]]:
    """Deliver what is due, and return what has arrived until now."""
    courier.deliver_due()
    carrier = courier._carrier
    assert isinstance(carrier, Carrier)
    return [json.loads(m.payload) for m in carrier.arrived]


def test_without_a_help_desk_there_is_no_form(app: AppTest) -> None:
    """Off by default."""
    app.run()
    app.switch_page("kb/ui/pages/contact.py").run()
    assert "Ask us to get back to you" not in page_html(app)
    assert Key.HANDOVER_NAME not in [field.key for field in app.text_input]


def test_a_request_is_kept_and_arrives_as_it_was_written(form: AppTest, courier: Courier) -> None:
    """The page gives a reference; the help desk gets name, way, question and language, and nothing else."""
    assert "We call within a day." in page_html(form)
    fill(form)
    html = page_html(form)
    assert "Your request is on its way" in html
    (request,) = arrived(courier)
    assert f"Your reference: {request['id'][:8]}" in html
    assert {k: v for k, v in request.items() if k not in ("id", "sent_at")} == {
        "kind": "callback",
        "name": "Robin",
        "reach": "(555) 555-0100",
        "question": "Why did it go up?",
        "language": "en",
    }


def test_a_request_counts_as_a_contact_of_the_last_question(
    app: AppTest, form: AppTest, answerer: fakes.FakeAnswerer, journal: fakes.FakeJournal
) -> None:
    """The journal records that a contact was made, and nothing of what was written."""
    form.query_params["q"] = "how do i bake bread"
    form.switch_page("kb/ui/pages/ask.py").run()
    form.switch_page("kb/ui/pages/contact.py").run()
    fill(form)
    (query_id,) = {q[0] for q in journal.queries}
    assert [e[:2] for e in journal.events if e[1] == "contacted"] == [(query_id, "contacted")]
    assert "Robin" not in str(journal.events)


def test_without_consent_nothing_is_kept(form: AppTest, courier: Courier) -> None:
    """The page says what is missing; what was written stays in the form."""
    fill(form, consent=False)
    html = page_html(form)
    assert "Something is missing" in html
    assert "Without it nothing is sent." in html
    assert form.text_input(key=Key.HANDOVER_NAME).value == "Robin"
    assert arrived(courier) == []


def test_two_presses_are_one_request_and_another_one_is_another(form: AppTest, courier: Courier) -> None:
    """The id is the form's; a new form has a new one."""
    request_id = form.session_state[Key.HANDOVER_ID]
    fill(form)
    form.session_state[Key.HANDOVER_ID] = request_id  # as if the second press had come before the answer
    del form.session_state[Key.HANDOVER_SENT]
    form.run()
    fill(form)
    assert [r["id"] for r in arrived(courier)] == [request_id]
    form.button(key=Key.HANDOVER_AGAIN).click().run()
    assert form.text_input(key=Key.HANDOVER_NAME).value == ""
    fill(form)
    assert len({r["id"] for r in arrived(courier)}) == 2


def test_a_request_that_cannot_be_kept_is_not_confirmed(
    form: AppTest, courier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer is told, and keeps what was written."""

    def fail(message: OutboxMessage) -> bool:
        raise JournalUnavailable("the disk is full")

    monkeypatch.setattr(courier, "send", fail)
    fill(form)
    html = page_html(form)
    assert "could not be kept, so nothing was sent" in html
    assert "on its way" not in html
    assert form.text_area(key=Key.HANDOVER_QUESTION).value == "Why did it go up?"
