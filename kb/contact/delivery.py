"""The two ways to deliver a request to a help desk, by mail or by a signed webhook."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from kb.common.hosts import is_loopback
from kb.contact.request import mail_address
from kb.errors import ConfigError, DeliveryFailed
from kb.settings.handover import Delivery, HandOver, Security
from kb.types import OutboxMessage

PATIENCE_S: Final = 20.0
"""The seconds that one answer of a server may take."""
USER: Final = "KB_HANDOVER_USER"
PASSWORD: Final = "KB_HANDOVER_PASSWORD"  # noqa: S105 - the name of a variable
SECRET: Final = "KB_HANDOVER_SECRET"  # noqa: S105 - the name of a variable
_SUBJECTS: Final = {"callback": "Please call back", "ticket": "Please answer"}
_TRY_LATER: Final = frozenset({408, 425, 429})
_LEAST_SECRET: Final = 16


class Carrier(Protocol):
    """Delivers one message."""

    def deliver(self, message: OutboxMessage) -> None:
        """Deliver a message.

        :param message: The message with its payload.
        :raises DeliveryFailed: If it was not accepted; the error says whether the failure may pass.
        """

    def reach(self) -> None:
        """Connect as for a delivery, and deliver nothing.

        :raises DeliveryFailed: If the help desk's server cannot be reached.
        """


def carrier(handover: HandOver, environ: Mapping[str, str]) -> Carrier:
    """Return the carrier of the operator's choice, with its secrets.

    :param handover: The operator's settings.
    :param environ: The environment.
    :return: The carrier.
    :raises ConfigError: If a secret is missing.
    """
    if handover.deliver is Delivery.WEBHOOK:
        secret = environ.get(SECRET, "")
        if len(secret) < _LEAST_SECRET:
            raise ConfigError(f"The webhook needs a secret of {_LEAST_SECRET} characters or more: set {SECRET}.")
        return WebhookCarrier(handover.url, secret)
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if user and not password:
        raise ConfigError(f"{USER} is set, but {PASSWORD} is not. Set both, or neither.")
    if user and handover.security is Security.NONE:
        raise ConfigError(f"{USER} would be sent unprotected: set 'security: starttls' or 'tls' under 'handover'.")
    return MailCarrier(handover, user, password)


# ------------------------------------------------------------------------------------------------- mail


class MailCarrier:
    """Delivers by SMTP."""

    def __init__(self, handover: HandOver, user: str = "", password: str = "") -> None:
        """Remember the server; it is not connected to yet.

        :param handover: Host, port, sender and recipient.
        :param user: The name of the login; empty for no login.
        :param password: The password of the login.
        """
        self._to = handover
        self._user = user
        self._password = password

    def deliver(self, message: OutboxMessage) -> None:
        """Send a message as a mail.

        :param message: The message with its payload.
        :raises DeliveryFailed: If the server cannot be reached, or does not accept the mail.
        """
        self._with_server(lambda server: server.send_message(as_mail(message, self._to)))

    def reach(self) -> None:
        """Connect and log in, and send nothing.

        :raises DeliveryFailed: If the server cannot be reached, or refuses the login.
        """
        self._with_server(lambda server: server.noop())

    def _with_server(self, do: Callable[[smtplib.SMTP], object]) -> None:
        try:
            with self._connect() as server:
                if self._user:
                    server.login(self._user, self._password)
                do(server)
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryFailed(f"the mail server refuses the login ({error.smtp_code})", may_pass=True) from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            may_pass = all(code < 500 for code in codes)  # noqa: PLR2004 - 5xx is for good
            raise DeliveryFailed(f"the mail server refuses the recipient ({codes[0]})", may_pass=may_pass) from None
        except smtplib.SMTPResponseException as error:
            may_pass = error.smtp_code < 500  # noqa: PLR2004 - 5xx is for good
            raise DeliveryFailed(f"the mail server answers {error.smtp_code}", may_pass=may_pass) from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryFailed(f"the mail server cannot be reached ({_kind(error)})", may_pass=True) from None

    def _connect(self) -> smtplib.SMTP:
        host, port = self._to.host, self._to.port
        if self._to.security is Security.TLS:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, own_name(), timeout=PATIENCE_S, context=context)
        server = smtplib.SMTP(host, port, own_name(), timeout=PATIENCE_S)
        if self._to.security is Security.STARTTLS:
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def own_name() -> str:
    """Return the name by which this machine greets a mail server, without asking a name server for it.

    :return: The machine's full name if it has one; otherwise the address that stands for it.
    """
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def as_mail(message: OutboxMessage, handover: HandOver) -> EmailMessage:
    """Return a request as a mail whose Message-ID is the request's, so that a second copy is recognized.

    :param message: The message with its payload.
    :param handover: Sender and recipient.
    :return: A mail in plain text.
    """
    fields = json.loads(message.payload)
    mail = EmailMessage()
    mail["Subject"] = f"{_SUBJECTS.get(message.kind, 'Please answer')} [{message.id[:8]}]"
    mail["From"] = handover.sender
    mail["To"] = handover.to
    if mail_address(fields["reach"]):
        mail["Reply-To"] = fields["reach"]
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}@{handover.sender.rpartition('@')[2]}>"
    mail["X-Idempotency-Key"] = message.id
    mail.set_content(
        f"Name: {fields['name']}\nReach: {fields['reach']}\nLanguage: {fields['language']}\n"
        f"Sent: {fields['sent_at']}\nReference: {message.id}\n\n{fields['question']}\n"
    )
    return mail


# ---------------------------------------------------------------------------------------------- webhook


class WebhookCarrier:
    """Delivers by a signed POST; follows no redirect."""

    def __init__(self, url: str, secret: str) -> None:
        """Remember the address; it is not connected to yet.

        :param url: An https address, or an address of this machine.
        :param secret: The secret that both sides know.
        """
        self._parts = urlsplit(url)
        self._secret = secret

    def deliver(self, message: OutboxMessage) -> None:
        """Post a message.

        :param message: The message with its payload.
        :raises DeliveryFailed: If the address cannot be reached, or its answer is not 2xx.
        """
        body = message.payload.encode()
        timestamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.id,
            "X-Timestamp": timestamp,
            "X-Signature": f"sha256={signature(self._secret, timestamp, body)}",
        }
        connection = self._connection()
        try:
            path = self._parts.path or "/"
            connection.request("POST", f"{path}?{self._parts.query}" if self._parts.query else path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryFailed(f"the webhook cannot be reached ({_kind(error)})", may_pass=True) from None
        finally:
            connection.close()
        if not 200 <= status < 300:  # noqa: PLR2004 - HTTP's own numbers
            may_pass = status >= 500 or status in _TRY_LATER  # noqa: PLR2004 - the server's fault
            raise DeliveryFailed(f"the webhook answers {status}", may_pass=may_pass)

    def reach(self) -> None:
        """Open a connection to the webhook, and post nothing.

        :raises DeliveryFailed: If it cannot be reached, or its certificate is not good.
        """
        connection = self._connection()
        try:
            connection.connect()
        except OSError as error:
            raise DeliveryFailed(f"the webhook cannot be reached ({_kind(error)})", may_pass=True) from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http" and is_loopback(host):
            return http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=ssl.create_default_context())


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that proves the origin and the time of a request.

    :param secret: The secret that both sides know.
    :param timestamp: Seconds since the epoch, as in the header.
    :param body: The body, as sent.
    :return: HMAC-SHA256 over timestamp, a full stop and body, in hex digits.
    """
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _kind(error: BaseException) -> str:
    """Return the kind of an error, without its text, which may quote the request."""
    return type(error).__name__
