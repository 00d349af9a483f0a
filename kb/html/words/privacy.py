"""The words about what is kept, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyWords:
    """Words about what is kept of a visit, and for how long: the note next to every question field, and its page."""

    note: str
    note_link: str
    title: str
    lead: str
    kept_title: str
    kept: tuple[str, ...]
    removed_title: str
    removed_lead: str
    removed: tuple[str, ...]
    missed: str
    never_title: str
    never: tuple[str, ...]
    agent_title: str
    agent: str
    why_title: str
    why: str
    days_title: str
    days: tuple[str, str]
    cookies_title: str
    cookies: str
    erase_title: str
    erase: str
    visit: str
    no_visit: str


PRIVACY_EN: Final = PrivacyWords(
    note="Please leave out names, account numbers and card numbers. {link}",
    note_link="What we keep",
    title="What we keep",
    lead=(
        "You can ask here without saying who you are. This page says what is written down when you do, for how long, "
        "and how to have it erased."
    ),
    kept_title="What is written down",
    kept=(
        "Your question, and what you write to us about an answer, after the details below were taken out.",
        (
            "What came of it: the articles you were shown, which of them you opened, whether you said they helped, "
            "and whether you went on to contact an agent."
        ),
        (
            "The time, and a random number for this visit. It says nothing about who you are, and it ends when you "
            "close your browser."
        ),
    ),
    removed_title="What is taken out first",
    removed_lead=(
        "Before anything is written, these are looked for. A mark such as “[card number]” is kept in their place:"
    ),
    removed=(
        "card numbers, their security codes, and PINs",
        "account numbers, also those of a bank, and routing numbers",
        "Social Security numbers",
        "phone numbers and email addresses",
        "street addresses",
        "passwords",
        "names, where you introduce yourself or somebody else",
        "dates of birth, license numbers, and serial numbers of devices",
    ),
    missed=(
        "Numbers that you dictate in words are found, too. A name that nothing introduces isn't, and no search of this "
        "kind finds everything. Please leave out what an answer does not need."
    ),
    never_title="What is not written down",
    never=(
        "Who you are. You do not sign in here, and this site cannot see your account.",
        "The address of your device.",
        "What you type before you send it.",
    ),
    agent_title="Messages to an agent",
    agent=(
        "A message that you send to an agent from this site goes to the agents as you wrote it, because they need it "
        "to help you. It is erased here once they have it."
    ),
    why_title="What it is for",
    why="To see which questions have no good answer yet, and to write the articles that are missing.",
    days_title="How long it is kept",
    days=("{count} day. After that it is erased.", "{count} days. After that it is erased."),
    cookies_title="Cookies",
    cookies=(
        "One holds the random number of your visit and goes when you close your browser. If you choose a language, "
        "another one remembers it for a year. A third one remembers whether you ask in English or Spanish, until you "
        "close your browser. The questions that you asked last stay in your browser, in this tab alone, until you "
        "close or clear them. Nothing here follows you to other sites."
    ),
    erase_title="Have it erased sooner",
    erase=(
        "Give the number of your visit to whoever runs this site. Everything that was written down under it is then "
        "erased."
    ),
    visit="The number of this visit is {visit}.",
    no_visit="This browser has no number, so nothing can be told apart as yours.",
)

PRIVACY_ES: Final = PrivacyWords(
    note="No escriba nombres ni números de cuenta o de tarjeta. {link}",
    note_link="Qué guardamos",
    title="Qué guardamos",
    lead=(
        "Usted puede preguntar aquí sin decir quién es. Esta página explica qué se guarda cuando pregunta, por "
        "cuánto tiempo y cómo pedir que se borre."
    ),
    kept_title="Qué se guarda",
    kept=(
        "Su pregunta, y lo que nos escriba sobre una respuesta, después de quitar los datos que se indican más abajo.",
        (
            "Lo que resultó: los artículos que se le mostraron, cuáles abrió, si dijo que le ayudaron y si después se "
            "comunicó con un agente."
        ),
        (
            "La hora y un número al azar para esta visita. No dice nada sobre quién es usted y termina cuando cierra "
            "el navegador."
        ),
    ),
    removed_title="Qué se quita primero",
    removed_lead=(
        "Antes de guardar nada se buscan estos datos. En su lugar queda una marca en inglés, como “[card number]”:"
    ),
    removed=(
        "números de tarjeta, sus códigos de seguridad y los PIN",
        "números de cuenta, también los de un banco, y números de ruta",
        "números de Seguro Social",
        "números de teléfono y direcciones de correo electrónico",
        "direcciones postales",
        "contraseñas",
        "nombres, cuando usted se presenta o presenta a otra persona",
        "fechas de nacimiento, números de licencia y números de serie de equipos",
    ),
    missed=(
        "También se encuentran los números dictados en palabras. Un nombre que nada presenta no se ve, y ninguna "
        "búsqueda de este tipo lo encuentra todo. No escriba lo que no haga falta para responderle."
    ),
    never_title="Qué no se guarda",
    never=(
        "Quién es usted. Aquí no inicia sesión, y este sitio no puede ver su cuenta.",
        "La dirección de su dispositivo.",
        "Lo que escribe antes de enviarlo.",
    ),
    agent_title="Mensajes a un agente",
    agent=(
        "Un mensaje que envíe a un agente desde este sitio llega a los agentes tal como lo escribió, porque lo "
        "necesitan para ayudarle. Aquí se borra cuando ellos lo tienen."
    ),
    why_title="Para qué sirve",
    why="Para ver qué preguntas no tienen todavía una buena respuesta y escribir los artículos que faltan.",
    days_title="Cuánto tiempo se guarda",
    days=("{count} día. Después se borra.", "{count} días. Después se borra."),
    cookies_title="Las cookies",
    cookies=(
        "Una contiene el número al azar de su visita y desaparece cuando cierra el navegador. Si elige un idioma, "
        "otra lo recuerda durante un año; si pregunta en inglés o en español, otra recuerda cuál de los dos hasta que "
        "cierre el navegador. Sus últimas preguntas quedan en su navegador, solo en esta pestaña, hasta que la cierre "
        "o las borre. Nada de esto le sigue a otros sitios."
    ),
    erase_title="Pedir que se borre antes",
    erase="Dé el número de su visita a quien administra este sitio. Se borrará todo lo que se guardó con ese número.",
    visit="El número de esta visita es {visit}.",
    no_visit="Este navegador no tiene número, así que nada se puede reconocer como suyo.",
)
