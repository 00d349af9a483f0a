"""What the pages /login and /logout say; plain HTML without any script."""

from __future__ import annotations

from kb.html.addresses import Page, Param
from kb.html.format import escape
from kb.html.words import words
from kb.server import plain
from kb.settings.site import Site
from kb.types import User


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
        f'<section class="kb-sign-in"><h1>{escape(words().sign_in.title)}</h1><p class="kb-intro">'
        f'{escape(words().sign_in.lead)}</p><div id="problem">{said}</div><form method="post" action="{Page.LOGIN}">'
        f"{_hidden(Param.CSRF, csrf)}{_hidden(Param.NEXT, to)}"
        f'<label for="name">{escape(words().sign_in.name)}</label>'
        f'<input id="name" name="{Param.NAME}" value="{escape(name)}" autocomplete="username" required maxlength="64" '
        f'autocapitalize="none" spellcheck="false"{described}>'
        f'<label for="password">{escape(words().sign_in.password)}</label>'
        f'<input id="password" name="{Param.PASSWORD}" type="password" autocomplete="current-password" required '
        f'maxlength="256"{described}>'
        f"<button>{escape(words().sign_in.submit)}</button></form></section>"
    )
    return plain.page(site, words().sign_in.title, main)


def sign_out_page(site: Site, csrf: str, user: User) -> str:
    """Return the question whether to sign out.

    :param site: The operator's words.
    :param csrf: The value that the cookie holds too.
    :param user: Who is signed in.
    :return: HTML.
    """
    said = words().sign_in.sign_out_lead.format(name=user.name, role=words().sign_in.roles[user.role])
    main = (
        f'<section class="kb-sign-in"><h1>{escape(words().sign_in.sign_out_title)}</h1>'
        f'<p class="kb-intro">{escape(said)}</p>'
        f'<form method="post" action="{Page.LOGOUT}">{_hidden(Param.CSRF, csrf)}'
        f"<button>{escape(words().sign_in.sign_out_submit)}</button></form></section>"
    )
    return plain.page(site, words().sign_in.sign_out_title, main)


def signed_out_page(site: Site) -> str:
    """Return the page after signing out."""
    main = (
        f'<section class="kb-sign-in"><h1>{escape(words().sign_in.signed_out_title)}</h1>'
        f'<p class="kb-intro"><a href="{Page.LOGIN}">{escape(words().sign_in.again)}</a></p></section>'
    )
    return plain.page(site, words().sign_in.signed_out_title, main)


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
