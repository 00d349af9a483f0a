"""The pages /login and /logout: plain HTML without any script."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.addresses import Page, Param
from kb.html.documents import layout
from kb.html.words import words
from kb.settings.site import Site
from kb.types import User


def sign_in_page(site: Site, csrf: str, to: str, name: str = "", problem: str = "") -> Markup:
    """Return the form for name and password.

    :param site: The operator's words.
    :param csrf: The value that the cookie holds too.
    :param to: Where to go afterward.
    :param name: The name typed before.
    :param problem: Why it did not work; empty at first.
    :return: HTML.
    """
    labels = words().sign_in
    alert = Markup('<p class="kb-overdue" role="alert">{}</p>').format(problem) if problem else ""
    main = Markup(
        '<section class="kb-sign-in"><h1>{labels.title}</h1><p class="kb-intro">{labels.lead}</p>'
        '<div id="problem">{alert}</div><form method="post" action="{action}">{csrf}{to}'
        '<label for="name">{labels.name}</label>'
        '<input id="name" name="{name_field}" value="{name}" autocomplete="username" required maxlength="64" '
        'autocapitalize="none" spellcheck="false"{described}>'
        '<label for="password">{labels.password}</label>'
        '<input id="password" name="{password_field}" type="password" autocomplete="current-password" required '
        'maxlength="256"{described}><button>{labels.submit}</button></form></section>'
    ).format(
        labels=labels,
        alert=alert,
        action=Page.LOGIN,
        csrf=_hidden(Param.CSRF, csrf),
        to=_hidden(Param.NEXT, to),
        name_field=Param.NAME,
        name=name,
        password_field=Param.PASSWORD,
        described=Markup(' aria-describedby="problem"') if problem else "",
    )
    return layout.page(site, labels.title, main)


def sign_out_page(site: Site, csrf: str, user: User) -> Markup:
    """Return the question whether to sign out.

    :param site: The operator's words.
    :param csrf: The value that the cookie holds too.
    :param user: The user who is signed in.
    :return: HTML.
    """
    labels = words().sign_in
    main = Markup(
        '<section class="kb-sign-in"><h1>{}</h1><p class="kb-intro">{}</p>'
        '<form method="post" action="{}">{}<button>{}</button></form></section>'
    ).format(
        labels.sign_out_title,
        labels.sign_out_lead.format(name=user.name, role=labels.roles[user.role]),
        Page.LOGOUT,
        _hidden(Param.CSRF, csrf),
        labels.sign_out_submit,
    )
    return layout.page(site, labels.sign_out_title, main)


def signed_out_page(site: Site) -> Markup:
    """Return the page after signing out."""
    labels = words().sign_in
    main = Markup(
        '<section class="kb-sign-in"><h1>{}</h1><p class="kb-intro"><a href="{}">{}</a></p></section>'
    ).format(labels.signed_out_title, Page.LOGIN, labels.again)
    return layout.page(site, labels.signed_out_title, main)


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
