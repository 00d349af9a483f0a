"""``POST /feedback``: a judgment sent by a form, without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from kb.app.container import Container
from kb.errors import KbError
from kb.html.documents import plain
from kb.html.format import clean_query
from kb.html.parts import feedback
from kb.html.words import words
from kb.server.api.bodies import BadRequest, read_form
from kb.server.middleware.visits import key_of
from kb.server.shared import shared
from kb.server.threads import in_few_threads
from kb.types import EventKind

if TYPE_CHECKING:
    from starlette.requests import Request

_MOST_BYTES: Final = 32 * 1024
_NO_STORE: Final = {"Cache-Control": "no-store"}
_QUERY_ID: Final = re.compile(r"[0-9a-f]{32}|")


async def judge(request: Request) -> Response:
    """Record that an article was helpful, or ask why not, or record that it was not."""
    try:
        form = await read_form(request, _MOST_BYTES)
    except BadRequest as problem:
        return PlainTextResponse(str(problem), status_code=problem.status, headers=_NO_STORE)
    values = {name: clean_query(value) for name, value in form.items()}
    return await in_few_threads(_judge, shared(request), values, key_of(request))


def _judge(container: Container, values: dict[str, str], visit: str) -> Response:
    site = container.settings.site
    article_id, query_id = values.get("article_id", ""), values.get("query_id", "")
    try:
        article = container.answerer.library.resolve(article_id)
    except KbError:
        article = None
    event = values.get("event", "")
    if article is None or event not in (EventKind.HELPFUL, EventKind.NOT_HELPFUL) or not _QUERY_ID.fullmatch(query_id):
        return HTMLResponse(plain.not_found_page(site), status_code=422, headers=_NO_STORE)
    if event == EventKind.NOT_HELPFUL and "sent" not in values:
        why = feedback.why_form(article.id, query_id)
        return HTMLResponse(plain.feedback_page(site, words().feedback.sorry, why, article), headers=_NO_STORE)
    reason = values.get("reason", "") if values.get("reason") in words().feedback.reasons else ""
    text = values.get("text", "")[: feedback.LONGEST_TEXT]
    kept = container.visits.record_event(
        query_id, EventKind(event), article_id=article.id, reason=reason, text=text, visit=visit
    )
    title, status = (words().feedback.thanks, 200) if kept else (words().feedback.failed, 503)
    return HTMLResponse(plain.feedback_page(site, title, Markup(), article), status_code=status, headers=_NO_STORE)
