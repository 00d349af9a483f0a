"""Tells whether a customer asks for a person and for nothing else, which no article should answer first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.common.folding import plain_words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PERSON = _words(
    "agent agents human humans person people representative representatives rep reps operator someone somebody anyone "
    "anybody advisor adviser agente agentes humano humana persona personas representante representantes operador "
    "operadora alguien asesor asesora"
)
_AROUND = _words(
    "a an the to with speak talk speaking talking chat call connect me get reach contact want need can could i would "
    "like let please pls now right real live actual how do does is there any customer service support hello "
    "hi in at of from your you transfer id help another un una el la con hablar quiero quisiera necesito puedo "
    "comunicarme comunicar comuniqueme paseme ayuda por favor de servicio al cliente viva vivo como hablo en espanol "
    "hola deje"
)
_MOST_WORDS = 14
_APOSTROPHE = re.compile(r"['’]")


def wants_agent(text: str, own_names: Iterable[str] = ()) -> bool:
    """Return whether a question asks for a person: "agent", "I want to speak to a human", "hablar con alguien".

    :param text: As typed; a supervisor, a telephone number or a reason makes it another question.
    :param own_names: The provider's names, which say nothing about what is wanted.
    :return: True only if it consists of words that ask for a person.
    """
    found = plain_words(_APOSTROPHE.sub("", text)).split()
    names = {word for name in own_names for word in plain_words(_APOSTROPHE.sub("", name)).split()}
    return 0 < len(found) <= _MOST_WORDS and bool(_PERSON & set(found)) and set(found) <= _PERSON | _AROUND | names
