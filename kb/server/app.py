"""The ASGI application: ``uvicorn kb.server.app:app``, or :func:`serve` from the command line."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request

import kb.ui
from kb.app import container
from kb.contact import delivery
from kb.contact.courier import Courier
from kb.errors import ConfigError, KbError
from kb.html.addresses import Page
from kb.html.documents.page_head import Head
from kb.html.parts import message
from kb.html.words import words
from kb.server import login, logs, metrics
from kb.server.api import routes as api
from kb.server.api.gate import ApiGate
from kb.server.building import BackgroundBuild
from kb.server.listening import Server, listen
from kb.server.middleware.compressed import Compressed
from kb.server.middleware.language import PageLanguage
from kb.server.middleware.security import KnownPaths, SecurityHeaders, inline_script_sources
from kb.server.middleware.visits import VisitCookie
from kb.server.pages import routes as pages
from kb.server.pages.assets import static_paths
from kb.server.pages.shell import shell
from kb.settings.settings import Settings
from kb.ui import local_editor
from kb.ui.draw import draw

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from kb.retrieval.answering.live import LoadFirst

_log = logging.getLogger(__name__)
_SCRIPT = Path(kb.ui.__file__).resolve().parent / "entry" / "script.py"
_WITH_ID = (Page.PLAIN, Page.PLAIN_CATEGORY)
"""Addresses that are nothing without an id behind them."""
_EXACT = frozenset(
    {
        *(p.value for p in Page if p not in _WITH_ID),
        "/healthz",
        "/readyz",
        metrics.ADDRESS,
        "/robots.txt",
        "/sitemap.xml",
        # Streamlit's own, for an identity provider; without one they lead to the first page.
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    }
)
_PREFIXES = ("/a/", "/c/", "/api/", "/assets/", "/_stcore/", "/media/", "/component/")


def create_app() -> st.App:
    """Return the application; nothing is loaded before it starts."""
    local_editor.listens_on("")  # the caller knows the address; serve() sets it
    return st.App(
        _SCRIPT, routes=routes(), middleware=middleware(), lifespan=_lifespan, on_script_error=_on_script_error
    )


def routes() -> list[BaseRoute]:
    """Return our own routes; Streamlit's come after them."""
    return [*api.routes(), *login.routes(), *pages.routes()]


def middleware() -> list[Middleware]:
    """Return what every request passes first."""
    script_sources = inline_script_sources(shell(Head(title="")))
    return [
        Middleware(SecurityHeaders, script_sources=script_sources),
        Middleware(Compressed),
        Middleware(PageLanguage),
        Middleware(VisitCookie),
        Middleware(ApiGate, settings=lambda: container.get_settings()),  # noqa: PLW0108 - tests replace it
        Middleware(KnownPaths, not_found=_not_found, exact=_EXACT | static_paths(), prefixes=_PREFIXES),
    ]


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Load the index before the first question; a missing one is reported by ``/readyz`` and on the pages."""
    logs.configure(container.get_settings().log_level)  # again: whoever started the server may have set up its own
    try:
        answerer = await run_in_threadpool(container.get_answerer)
        await run_in_threadpool(container.get_suggester)
    except ConfigError:
        raise
    except KbError:
        answerer = None  # logged by the slot
    courier = await run_in_threadpool(_start_courier)
    store = await run_in_threadpool(container.get_store)
    caretaker = await run_in_threadpool(container.get_caretaker)
    caretaker.start()
    yield None
    await run_in_threadpool(caretaker.stop)
    if courier is not None:
        await run_in_threadpool(courier.stop)
    close = getattr(answerer, "close", None)
    if close is not None:
        close()
    await run_in_threadpool(store.close)


def _start_courier() -> Courier | None:
    """Start delivering what an earlier run left in the outbox; a wrong setting is reported before anything serves."""
    try:
        return container.get_courier()
    except ConfigError as error:
        _log.error("%s", error)
        raise
    except KbError as error:
        _log.warning("Requests to the help desk have to wait: %s", error)
        return None


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    response = await run_in_threadpool(pages.not_found, request)
    await response(scope, receive, send)


def _on_script_error(error: Exception) -> bool:
    """Log what happened under a reference number, and show the customer that number alone."""
    reference = secrets.token_hex(4)
    _log.error("Error %s on a page: %s", reference, type(error).__name__, exc_info=error)
    text = words().frame.script_error.format(reference=reference)
    draw(message.message(words().frame.script_error_title, text))
    return True


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = 8501,
    *,
    build: bool = False,
    load: LoadFirst | None = None,
) -> None:
    """Serve until stopped.

    :param settings: Used by every page and by the API.
    :param host: Address to listen on.
    :param port: Port to listen on; 0 for any free one, which is printed.
    :param build: Also bring the index up to date, in a process next to this one.
    :param load: Gives the first index; None loads it when it is first needed.
    :raises ConfigError: If the address cannot be listened on, or a secret of the hand-over is missing.
    """
    container.configure(settings, load)
    if settings.site.handover is not None:
        delivery.carrier(settings.site.handover, os.environ)
    local_editor.listens_on(host)
    logs.configure(settings.log_level)
    listener = listen(host, port)
    config = uvicorn.Config(
        app,
        workers=1,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    background = BackgroundBuild(settings)
    try:
        container.get_journal()  # a wrong address of the database is one sentence, too
        if build and background.is_urgent:
            background.start()
        Server(config, background.start if build else lambda: None).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        background.stop()
        listener.close()


app = create_app()
