"""The ASGI application: ``uvicorn kb.server.app:app``, or :func:`serve` from the command line."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from streamlit import config as streamlit_config

import kb.ui
from kb.app.chores import chores
from kb.app.container import Container, use
from kb.app.place import Place
from kb.common import memory
from kb.contact import delivery
from kb.content.markdown.render import PICTURES
from kb.errors import ConfigError, KbError
from kb.html.addresses import SPANISH, Machine, Page
from kb.html.documents.page_head import Head
from kb.html.parts import message, theme
from kb.html.words import words
from kb.privacy.redact import redact
from kb.server import login, logs
from kb.server.api import routes as api
from kb.server.api.gate import ApiGate
from kb.server.building import BackgroundBuild
from kb.server.connections import BoundedConnection, Doorman, raise_file_limit
from kb.server.entrance import Entrance
from kb.server.listening import Server, listen
from kb.server.middleware import streamlit_gate
from kb.server.middleware.brand_cookies import BrandCookies
from kb.server.middleware.compressed import Compressed
from kb.server.middleware.failures import Failures
from kb.server.middleware.language import PageLanguage
from kb.server.middleware.one_request import OneRequest
from kb.server.middleware.pace import Pace
from kb.server.middleware.provider_down import ProviderDown
from kb.server.middleware.security import KnownPaths, SecurityHeaders, inline_script_sources
from kb.server.middleware.visits import VisitCookie
from kb.server.pages import routes as pages
from kb.server.pages.assets import static_paths
from kb.server.pages.shell import shell
from kb.server.processes.figures import ADDRESS
from kb.server.processes.worker import Worker
from kb.server.shared import Shared
from kb.server.threads import pass_the_lock_on
from kb.settings.settings import Settings
from kb.ui.draw import draw
from kb.ui.quiet import keep_quiet

if TYPE_CHECKING:
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from kb.retrieval.answering.live import LoadFirst

_log = logging.getLogger(__name__)
_SCRIPT = Path(kb.ui.__file__).resolve().parent / "entry" / "script.py"
_WITH_ID = (Page.PLAIN, Page.PLAIN_CATEGORY)
"""Addresses that exist only with an id after them."""
_EXACT = frozenset(
    {
        *(p.value for p in Page if p not in _WITH_ID),
        SPANISH,
        "/healthz",
        "/readyz",
        ADDRESS,
        *(machine.value for machine in Machine),
        *streamlit_gate.IN_USE,
        # Streamlit's own, for an identity provider; without one they lead to the first page.
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    }
)
_PREFIXES = ("/api/", "/assets/", streamlit_gate.UPLOAD, "/media/", "/component/")


def create_app(container: Container) -> st.App:
    """Return the application; nothing is loaded before it starts.

    :param container: What its pages and routes share.
    :return: The application.
    """
    keep_quiet()
    theme.use(container.settings.site.theme)
    if container.listens_on is None:
        container.listens_on = ""  # not known: the program that starts us has its own options
    made = st.App(
        _SCRIPT,
        routes=routes(),
        middleware=middleware(container),
        lifespan=lambda _app: _lifespan(container),
        on_script_error=_on_script_error,
    )
    for option, color in theme.widgets().items():  # after Streamlit has read its file next to the script
        streamlit_config.set_option(option, color)
    return made


def routes() -> list[BaseRoute]:
    """Return our own routes; Streamlit's come after them."""
    return [*api.routes(), *login.routes(), *pages.routes()]


def middleware(container: Container) -> list[Middleware]:
    """Return the middleware that every request passes.

    :param container: Handed to the routes.
    :return: The middleware, the outermost first.
    """
    script_sources, place = inline_script_sources(shell(Head(title=""))), container.place
    return [
        *([Middleware(BrandCookies, brand=place.brand)] if place is not None and place.brand else []),
        Middleware(Pace, container=container),
        *([Middleware(OneRequest)] if place is not None else []),
        Middleware(Shared, container=container),
        Middleware(SecurityHeaders, script_sources=script_sources),
        Middleware(streamlit_gate.StreamlitGate, container=container),
        Middleware(Compressed),
        Middleware(PageLanguage, own=container.settings.site.words),
        Middleware(Failures),
        Middleware(VisitCookie),
        Middleware(ProviderDown),
        Middleware(ApiGate, container=container),
        Middleware(
            KnownPaths,
            not_found=_not_found,
            exact=_EXACT | static_paths(),
            prefixes=_PREFIXES,
            with_id=(*(f"{page}/" for page in _WITH_ID), f"{PICTURES}/"),
        ),
    ]


@asynccontextmanager
async def _lifespan(container: Container) -> AsyncIterator[dict[str, Any] | None]:
    """Name the container for Streamlit's pages, start what it shares, and stop it at the end."""
    use(container)
    await run_in_threadpool(_start, container)
    preparing = asyncio.create_task(run_in_threadpool(_prepare, container))
    yield None
    await preparing
    await run_in_threadpool(container.close)


def _start(container: Container) -> None:
    """Load the index before the first question, and start what runs in the background.

    A missing index stops nothing: ``/readyz`` and the pages report it. A wrong setting does, before anything serves.
    """
    logs.configure(container.settings.log_level)  # again: the program that started us may have its own logging
    try:
        _ = container.answerer
    except ConfigError:
        raise
    except KbError:
        _log.debug("No index serves yet; the reason has been logged.")
    try:
        _ = container.courier  # delivers what an earlier run left in the outbox
    except ConfigError as error:
        _log.error("%s", error)
        raise
    except KbError as error:
        _log.warning("Requests to the help desk have to wait: %s", error)
    _ = container.journal
    if container.place is None or container.place.leads:
        _follow_releases(container)
    container.caretaker.plan(chores(container))
    container.caretaker.start()


def _prepare(container: Container) -> None:
    """Do what takes a second at the start and what no page waits for: the first page comes before it."""
    try:
        redact("")  # the rules are compiled before the first question is stored
        _prepare_suggestions(container)
        if container.place is None or container.place.leads:
            _resume_publications(container)
    finally:
        memory.settle()


def _prepare_suggestions(container: Container) -> None:
    try:
        _ = container.suggester
    except KbError:
        _log.debug("No index serves yet, so nothing is suggested.")


def _resume_publications(container: Container) -> None:
    try:
        container.writing.resume()
    except KbError as error:
        _log.warning("Texts that were being published have to wait: %s", error)


def _follow_releases(container: Container) -> None:
    """Start pulling releases of the index, if a place of them is set; one process does it for all."""
    try:
        source = container.index_source
    except ConfigError as error:
        _log.error("%s", error)
        raise
    if source is not None:
        source.start()


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    response = await run_in_threadpool(pages.not_found, request)
    await response(scope, receive, send)


def _on_script_error(error: Exception) -> bool:
    """Log an error under a reference number, and show the customer only that number."""
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
    container = Container(settings, load)
    container.listens_on = host
    if settings.site.handover is not None:
        delivery.carrier(settings.site.handover, os.environ)
    logs.configure(settings.log_level)
    pass_the_lock_on()
    listener = listen(host, port)
    doorman = Doorman(raise_file_limit())
    container.shut_out = doorman.shut_out
    listener = Entrance.at(listener, doorman)
    config = _configuration(container, doorman)
    background = BackgroundBuild(settings)
    try:
        _ = container.journal  # a wrong database address is also reported in one sentence
        if build and background.is_urgent:
            background.start()
        started = background.start if build else lambda: None
        Server(config, started, container=container, drain_seconds=settings.drain_seconds).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        background.stop()
        listener.close()


def serve_in(place: Place, settings: Settings, load: LoadFirst) -> None:
    """Serve as one of several processes, until stopped.

    :param place: Says which one, and where its connections come from.
    :param settings: Used by every page and by the API.
    :param load: Gives the first index.
    :raises ConfigError: If a secret of the hand-over is missing.
    """
    container = Container(settings, load)
    container.listens_on, container.place = place.host, place
    if place.brand:  # not those of the account's home as well, which all brands have in common
        streamlit_config.set_option("secrets.files", [str(Path(".streamlit", "secrets.toml").absolute())])
    if settings.site.handover is not None:
        delivery.carrier(settings.site.handover, os.environ)
    logs.configure(settings.log_level)
    pass_the_lock_on()
    siblings = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place.socket.unlink(missing_ok=True)  # of a process that died
    siblings.bind(str(place.socket))
    _ = container.journal
    worker = Worker(_configuration(container, Doorman(raise_file_limit())), place, container)
    container.shut_out = worker.shut_out
    worker.run(sockets=[siblings])


def _configuration(container: Container, doorman: Doorman) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(container),
        workers=1,
        http=partial(BoundedConnection, doorman=doorman),  # type: ignore[arg-type]  # called, never inherited from
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )


app = create_app(Container())
