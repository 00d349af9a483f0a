"""The words of the ways to an agent, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWords:
    """Words of the contact page and the panel of ways to reach an agent."""

    title: str
    lead: str
    ways: str
    ready: str
    business: str
    regulator: str
    articles: str
    no_channels: str
    source_undated: str
    source_dated: str
    hours: str


CONTACT_EN: Final = ContactWords(
    title="Contact an agent",
    lead="We cannot see your account. These are the ways to reach someone who can.",
    ways="Ways to reach an agent",
    ready="What to have ready",
    business="Business accounts",
    regulator="If the provider does not solve it",
    articles="Before and after you call",
    no_channels="No way to reach an agent with a source we can name. Use the contact details on your statement.",
    source_undated="From an undated page on {host}",
    source_dated="From a page on {host} dated {date}",
    hours="Hours: {hours}",
)

CONTACT_ES: Final = ContactWords(
    title="Comuníquese con un agente",
    lead="No podemos ver su cuenta. Estas son las maneras de comunicarse con alguien que sí puede.",
    ways="Maneras de comunicarse con un agente",
    ready="Qué tener a la mano",
    business="Cuentas de negocios",
    regulator="Si el proveedor no lo resuelve",
    articles="Antes y después de llamar",
    no_channels=(
        "No hay ninguna manera de comunicarse con un agente cuya fuente podamos nombrar. Use los datos de contacto "
        "de su estado de cuenta."
    ),
    source_undated="De una página sin fecha de {host}",
    source_dated="De una página de {host} con fecha de {date}",
    hours="Horario: {hours}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverWords:
    """Words of the form that hands a question over to a help desk."""

    title: str
    lead: str
    kind: str
    kinds: Mapping[str, str]
    name: str
    reach: str
    question: str
    safe: str
    consent: str
    submit: str
    problems: Mapping[str, str]
    missing: str
    done_title: str
    done: str
    again: str
    failed: str
    too_many: str


HANDOVER_EN: Final = HandoverWords(
    title="Ask us to get back to you",
    lead="Leave your question, and someone from our help desk gets back to you.",
    kind="How shall we get back to you?",
    kinds={"callback": "Call me", "ticket": "Write to me"},
    name="Your name",
    reach="Phone number or email address",
    question="What it is about",
    safe="Leave out card numbers, passwords and PINs. Nobody needs them here.",
    consent=(
        "I agree that my name, how to reach me and my question are passed on to the help desk of {name}. They are "
        "deleted here once they have arrived there."
    ),
    submit="Send my request",
    problems={
        "name": "Enter your name.",
        "reach": "Enter a phone number we can call, or for an answer in writing an email address.",
        "question": "Write what it is about.",
        "consent": "Tick the box if we may pass this on. Without it nothing is sent.",
    },
    missing="Something is missing",
    done_title="Your request is on its way",
    done="It is kept safely and passed on, also if our connection fails for a while. Your reference: {reference}",
    again="Send another request",
    failed="Your request could not be kept, so nothing was sent. Please use one of the ways above.",
    too_many=(
        "You've sent several requests already, and an agent has them. Please wait before you send another, or use one "
        "of the ways above."
    ),
)

HANDOVER_ES: Final = HandoverWords(
    title="Pídanos que nos comuniquemos con usted",
    lead="Deje su pregunta y alguien de nuestra mesa de ayuda se comunicará con usted.",
    kind="¿Cómo quiere que nos comuniquemos?",
    kinds={"callback": "Llámenme", "ticket": "Escríbanme"},
    name="Su nombre",
    reach="Número de teléfono o correo electrónico",
    question="De qué se trata",
    safe="No escriba números de tarjeta, contraseñas ni PIN. Aquí nadie los necesita.",
    consent=(
        "Acepto que mi nombre, la forma de comunicarse conmigo y mi pregunta se pasen a la mesa de ayuda de {name}. "
        "Aquí se borran en cuanto hayan llegado allí."
    ),
    submit="Enviar mi solicitud",
    problems={
        "name": "Escriba su nombre.",
        "reach": "Escriba un número al que podamos llamar o, para una respuesta por escrito, un correo electrónico.",
        "question": "Escriba de qué se trata.",
        "consent": "Marque la casilla si podemos pasar estos datos. Sin ella no se envía nada.",
    },
    missing="Falta algo",
    done_title="Su solicitud está en camino",
    done="Está guardada de forma segura y se pasará aunque nuestra conexión falle un rato. Su referencia: {reference}",
    again="Enviar otra solicitud",
    failed="No se pudo guardar su solicitud, así que no se envió nada. Use una de las maneras de arriba.",
    too_many=(
        "Ya envió varias solicitudes y un agente las tiene. Espere antes de enviar otra o use una de las maneras de "
        "arriba."
    ),
)
