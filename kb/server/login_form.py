"""What the pages /login and /logout say; plain HTML without any script."""

from __future__ import annotations

from kb.server import plain
from kb.settings.site import Site
from kb.types import User
from kb.ui import words
from kb.ui.formatting import escape
from kb.ui.keys import Param, Path


def sign_in_page(site: Site, csrf: str, to: str, name: str = "", problem: str = "") -> str:
    """Return the form for name and password.

    :param site: The operator's words.
    :param csrf: The value that the cookie holds too.
    :param to: Where to go afterwards.
    :param name: As typed before.
    :param problem: Why it did not work; empty at first.
    :return: HTML.
    """
    said = f'<p class="kb-overdue" role="alert">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="problem"' if problem else ""
    main = (
        f'<section class="kb-sign-in"><h1>{escape(words.SIGN_IN_TITLE)}</h1><p class="kb-intro">'
        f'{escape(words.SIGN_IN_LEAD)}</p><div id="problem">{said}</div><form method="post" action="{Path.LOGIN}">'
        f"{_hidden(Param.CSRF, csrf)}{_hidden(Param.NEXT, to)}"
        f'<label for="name">{escape(words.SIGN_IN_NAME)}</label>'
        f'<input id="name" name="{Param.NAME}" value="{escape(name)}" autocomplete="username" required maxlength="64" '
        f'autocapitalize="none" spellcheck="false"{described}>'
        f'<label for="password">{escape(words.SIGN_IN_PASSWORD)}</label>'
        f'<input id="password" name="{Param.PASSWORD}" type="password" autocomplete="current-password" required '
        f'maxlength="256"{described}>'
        f"<button>{escape(words.SIGN_IN_SUBMIT)}</button></form></section>"
    )
    return plain.page(site, words.SIGN_IN_TITLE, main)


def sign_out_page(site: Site, csrf: str, user: User) -> str:
    """Return the question whether to sign out.

    :param site: The operator's words.
    :param csrf: The value that the cookie holds too.
    :param user: Who is signed in.
    :return: HTML.
    """
    said = words.SIGN_OUT_LEAD.format(name=user.name, role=words.ROLES[user.role])
    main = (
        f'<section class="kb-sign-in"><h1>{escape(words.SIGN_OUT_TITLE)}</h1><p class="kb-intro">{escape(said)}</p>'
        f'<form method="post" action="{Path.LOGOUT}">{_hidden(Param.CSRF, csrf)}'
        f"<button>{escape(words.SIGN_OUT_SUBMIT)}</button></form></section>"
    )
    return plain.page(site, words.SIGN_OUT_TITLE, main)


def signed_out_page(site: Site) -> str:
    """Return the page after signing out."""
    main = (
        f'<section class="kb-sign-in"><h1>{escape(words.SIGNED_OUT_TITLE)}</h1>'
        f'<p class="kb-intro"><a href="{Path.LOGIN}">{escape(words.SIGN_IN_AGAIN)}</a></p></section>'
    )
    return plain.page(site, words.SIGNED_OUT_TITLE, main)


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
