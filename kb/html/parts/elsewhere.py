"""The reply to a question that is not answered here: what it seems to be about, and who helps."""

from __future__ import annotations

from markupsafe import Markup

from kb.html import prose
from kb.html.links import Addresses
from kb.html.parts import contact
from kb.html.words import Language, words
from kb.settings.site import Site
from kb.types import Elsewhere, NoAnswer, NoAnswerReason, Outcome


def told(outcome: Outcome) -> Elsewhere | None:
    """Return what can be said of a question that is not answered here; None if there is nothing to say."""
    if not isinstance(outcome, NoAnswer) or outcome.reason is not NoAnswerReason.ELSEWHERE:
        return None
    found = outcome.elsewhere
    return found if found is not None and (found.signpost is not None or found.names) else None


def card(found: Elsewhere, site: Site, to: Addresses) -> Markup:
    """Return what a question seems to be about, and who helps with that.

    :param found: With a signpost or a name.
    :param site: The operator's words.
    :param to: Where its links lead.
    :return: HTML.
    """
    asked, names, signpost = words().ask, ", ".join(found.names), found.signpost
    title = asked.elsewhere_names.format(names=names)
    provider = site.provider or asked.our_provider
    text = Markup("<p>{}</p>").format(asked.elsewhere_text.format(provider=provider, names=names))
    if signpost is not None:
        spanish = signpost.spanish if words().language is Language.SPANISH else None
        text = prose.body(signpost, signpost.body, to)
        if spanish is not None:
            text = prose.in_language_of_page(signpost, spanish.text, to)
        if not names:
            title = asked.elsewhere_title.format(title=spanish.title if spanish is not None else signpost.title)
    return Markup('<section class="kb-elsewhere" data-announce="{title}"><h2>{title}</h2>{text}</section>').format(
        title=title, text=text
    )


def folded_contact(site: Site, zone: str) -> Markup:
    """Return the ways to an agent, folded: most of these questions are none for this provider's agents."""
    return Markup('<details class="kb-agent"><summary>{}</summary>{}</details>').format(
        words().ask.elsewhere_agent, contact.panel(site, zone=zone)
    )
