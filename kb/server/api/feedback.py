"""``POST /api/feedback``: events after a question, sent by a page or by another site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from kb.app.container import Container
from kb.errors import JournalUnavailable, KbError, QueryUnknown
from kb.server.api.bodies import BadRequest, error, json_object, not_ready, read_body
from kb.server.shared import shared
from kb.server.threads import in_few_threads
from kb.types import EventKind

if TYPE_CHECKING:
    from starlette.requests import Request

ADDRESS: Final = "/api/feedback"
MOST_TEXT: Final = 2000
"""Characters of a customer's own words."""
MOST_REASON: Final = 100
"""Characters of a reason, which is one of the choices a page offers."""
_MOST_BYTES: Final = 32 * 1024
_QUERY_ID: Final = re.compile(r"[0-9a-f]{32}")
_LONGEST: Final = {"query_id": 32, "event": 20, "article_id": 200, "reason": MOST_REASON, "text": MOST_TEXT}
_NEEDED: Final = ("query_id", "event")


@dataclass(frozen=True, slots=True)
class Feedback:
    """An event as it was sent, its form checked."""

    query_id: str
    event: EventKind
    article_id: str
    reason: str
    text: str


async def feedback(request: Request) -> Response:
    """Record an event; events that must be committed are, before the response is sent."""
    try:
        sent = read(json_object(await read_body(request, _MOST_BYTES)))
    except BadRequest as problem:
        return error(problem.status, str(problem))
    return await in_few_threads(_record, shared(request), sent)


def read(values: Mapping[str, Any]) -> Feedback:
    """Check the form of an event.

    :param values: The posted object.
    :return: Its values.
    :raises BadRequest: 422, with what is wrong.
    """
    unknown = sorted(set(values) - set(_LONGEST))
    if unknown:
        raise BadRequest(422, f"Unknown key {unknown[0]!r}: send {', '.join(_LONGEST)}.")
    texts = {}
    for key, most in _LONGEST.items():
        value = values.get(key)
        if value is None and key not in _NEEDED:
            value = ""
        if not isinstance(value, str):
            raise BadRequest(422, f'"{key}" must be a string.')
        if len(value) > most:
            raise BadRequest(422, f'"{key}" is longer than {most} characters.')
        texts[key] = value.encode("utf-8", "replace").decode("utf-8")
    if not _QUERY_ID.fullmatch(texts["query_id"]):
        raise BadRequest(422, '"query_id" must be the 32 hexadecimal digits that came with an answer.')
    try:
        event = EventKind(texts["event"])
    except ValueError as problem:
        raise BadRequest(422, f'"event" must be one of: {", ".join(EventKind)}.') from problem
    return Feedback(texts["query_id"], event, texts["article_id"], texts["reason"], texts["text"])


def _record(container: Container, sent: Feedback) -> Response:
    article_id = ""
    if sent.article_id:
        try:
            article = container.answerer.library.resolve(sent.article_id)
        except KbError as problem:
            return not_ready(problem)
        if article is None:
            return error(422, '"article_id" is not an article here.')
        article_id = article.id
    journal = container.journal
    try:
        if not journal.knows(sent.query_id):
            return error(404, "There is no question with this query_id: it was never recorded, or was erased.")
        journal.record_event(sent.query_id, sent.event, article_id=article_id, reason=sent.reason, text=sent.text)
    except QueryUnknown:
        return error(404, "There is no question with this query_id: it was never recorded, or was erased.")
    except JournalUnavailable:
        return error(503, "This cannot be recorded now. Try again later.")
    content = {"query_id": sent.query_id, "event": sent.event.value, "recorded": True}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
