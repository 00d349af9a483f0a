"""Mails and webhooks, against real servers on loopback: taken, refused for now, refused for good, out of reach."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime

import pytest

from kb.contact import delivery
from kb.contact.delivery import MailCarrier, WebhookCarrier, carrier
from kb.contact.request import RequestKind, clean_request
from kb.errors import ConfigError, DeliveryFailed
from kb.settings.handover import Delivery, HandOver, Security
from kb.types import OutboxMessage
from tests.contact.desks import free_port, hook_desk, mail_desk

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET = "an invented secret of a test"
REQUEST = clean_request(
    RequestKind.TICKET, "Robin\r\nBcc: x@y.zz", "robin@example.com", "Why?\nReally, ¿por qué?", "es"
)


def message(number: int = 1) -> OutboxMessage:
    """Return the request as it is kept."""
    return REQUEST.message(f"{number:032x}", NOW)


def mail_to(port: int) -> HandOver:
    """Return a hand-over to a mail server of this machine."""
    return HandOver(Delivery.SMTP, "desk@example.com", "help@example.com", "127.0.0.1", port, Security.NONE)


def test_a_mail_says_everything_and_nothing_more() -> None:
    """A mail has recipient, sender, the customer as reply address and its own id; line breaks add no headers."""
    with mail_desk() as desk:
        MailCarrier(mail_to(desk.port)).deliver(message())
    (mail,) = desk.mails
    assert desk.recipients == [["desk@example.com"]]
    assert (mail["To"], mail["From"], mail["Reply-To"]) == ("desk@example.com", "help@example.com", "robin@example.com")
    assert mail["Message-ID"] == f"<{1:032x}@example.com>"
    assert mail["X-Idempotency-Key"] == f"{1:032x}"
    assert mail["Bcc"] is None
    assert mail.get_content().replace("\r\n", "\n") == (
        "Name: Robin  Bcc: x@y.zz\nReach: robin@example.com\nLanguage: es\nSent: 2026-11-25T12:00:00+00:00\n"
        f"Reference: {1:032x}\n\nWhy?\nReally, ¿por qué?\n"
    )


@pytest.mark.parametrize(
    ("answer", "may_pass"), [("451 try later", True), ("421 going down", True), ("554 never", False), ("550 no", False)]
)
def test_a_mail_server_may_refuse_for_now_or_for_good(answer: str, may_pass: bool) -> None:  # noqa: FBT001
    """A 4xx reply is temporary, a 5xx reply is final; the server's text is not repeated."""
    with mail_desk() as desk:
        desk.answers.append(answer)
        with pytest.raises(DeliveryFailed, match=f"the mail server answers {answer[:3]}") as caught:
            MailCarrier(mail_to(desk.port)).deliver(message())
    assert caught.value.may_pass is may_pass
    assert "robin" not in str(caught.value)


def test_a_mail_server_that_is_not_there_may_come_back() -> None:
    """Nothing listens; and a server without TLS is not spoken to when TLS was asked for."""
    with pytest.raises(DeliveryFailed, match="cannot be reached") as caught:
        MailCarrier(mail_to(free_port())).deliver(message())
    assert caught.value.may_pass
    with mail_desk() as desk:
        secure = HandOver(Delivery.SMTP, "a@b.cc", "c@d.ee", "127.0.0.1", desk.port, Security.STARTTLS)
        with pytest.raises(DeliveryFailed):
            MailCarrier(secure).deliver(message())
    assert desk.mails == []


def test_a_webhook_is_signed_and_carries_its_key() -> None:
    """The receiver can prove who sent it and when, and tell a second copy."""
    with hook_desk() as desk:
        WebhookCarrier(f"http://127.0.0.1:{desk.port}/in?team=a", SECRET).deliver(message())
    ((path, headers, body),) = desk.requests
    assert path == "/in?team=a"
    assert json.loads(body) == {
        "kind": "ticket",
        "name": "Robin  Bcc: x@y.zz",
        "reach": "robin@example.com",
        "question": "Why?\nReally, ¿por qué?",
        "language": "es",
        "id": f"{1:032x}",
        "sent_at": "2026-11-25T12:00:00+00:00",
    }
    assert headers["idempotency-key"] == f"{1:032x}"
    signed = headers["x-timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-signature"] == f"sha256={expected}"
    assert abs(int(headers["x-timestamp"]) - datetime.now(UTC).timestamp()) < 3600


@pytest.mark.parametrize(
    ("status", "may_pass"),
    [(500, True), (503, True), (429, True), (408, True), (400, False), (401, False), (302, False)],
)
def test_a_webhook_may_refuse_for_now_or_for_good(status: int, may_pass: bool) -> None:  # noqa: FBT001
    """A server error is temporary; a redirect is not followed."""
    with hook_desk() as desk:
        desk.answers.append(status)
        with pytest.raises(DeliveryFailed, match=f"the webhook answers {status}") as caught:
            WebhookCarrier(f"http://127.0.0.1:{desk.port}/", SECRET).deliver(message())
    assert caught.value.may_pass is may_pass
    assert len(desk.requests) == 1


def test_a_server_that_says_nothing_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that accepts the connection and never answers is a temporary failure, for both transports."""
    monkeypatch.setattr(delivery, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for way in (WebhookCarrier(f"http://127.0.0.1:{port}/", SECRET), MailCarrier(mail_to(port))):
            with pytest.raises(DeliveryFailed, match="cannot be reached") as caught:
                way.deliver(message())
            assert caught.value.may_pass


def test_a_server_that_hangs_up_may_come_back() -> None:
    """A connection closed in the middle of the answer is a temporary failure."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(10)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(DeliveryFailed) as caught:
            WebhookCarrier(f"http://127.0.0.1:{server.getsockname()[1]}/", SECRET).deliver(message())
        thread.join()
    assert caught.value.may_pass


def test_secrets_come_from_the_environment_alone() -> None:
    """Each missing setting is named."""
    hook = HandOver(Delivery.WEBHOOK, url="https://desk.example.com/in")
    with pytest.raises(ConfigError, match="set KB_HANDOVER_SECRET"):
        carrier(hook, {})
    with pytest.raises(ConfigError, match="set KB_HANDOVER_SECRET"):
        carrier(hook, {"KB_HANDOVER_SECRET": "short"})
    assert isinstance(carrier(hook, {"KB_HANDOVER_SECRET": SECRET}), WebhookCarrier)
    with pytest.raises(ConfigError, match="KB_HANDOVER_PASSWORD is not"):
        carrier(mail_to(25), {"KB_HANDOVER_USER": "x"})
    with pytest.raises(ConfigError, match="would be sent unprotected"):
        carrier(mail_to(25), {"KB_HANDOVER_USER": "x", "KB_HANDOVER_PASSWORD": "y"})
    assert isinstance(carrier(mail_to(25), {}), MailCarrier)


@pytest.mark.parametrize(
    ("kind", "reach", "consent", "problems"),
    [
        (RequestKind.CALLBACK, "(555) 555-0100", True, []),
        (RequestKind.CALLBACK, "a@example.com", True, ["reach"]),
        (RequestKind.TICKET, "a@example.com", True, []),
        (RequestKind.TICKET, "+1 555 555 0100", True, []),
        (RequestKind.TICKET, "a@b", True, ["reach"]),
        (RequestKind.TICKET, "a@example.com", False, ["consent"]),
        (RequestKind.TICKET, "", False, ["reach", "consent"]),
    ],
)
def test_a_request_must_be_whole(kind: RequestKind, reach: str, consent: bool, problems: list[str]) -> None:  # noqa: FBT001
    """A request needs a number to call back or an address to write to, and the customer's consent."""
    assert clean_request(kind, "R", reach, "Q", "en").problems(consent=consent) == problems
    assert clean_request(kind, " ", reach, "\n", "en").problems(consent=True)[0] == "name"
