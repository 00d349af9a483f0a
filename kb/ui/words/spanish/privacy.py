"""What is kept of a visit, and for how long: the note beside every question field, and the page it leads to."""

from __future__ import annotations

from typing import Final

PRIVACY_NOTE: Final = "No escriba nombres ni números de cuenta o de tarjeta. {link}"
PRIVACY_NOTE_LINK: Final = "Qué guardamos"
PRIVACY_TITLE: Final = "Qué guardamos"
PRIVACY_LEAD: Final = (
    "Usted puede preguntar aquí sin decir quién es. Esta página explica qué se guarda cuando pregunta, por cuánto "
    "tiempo y cómo pedir que se borre."
)
PRIVACY_KEPT_TITLE: Final = "Qué se guarda"
PRIVACY_KEPT: Final = (
    "Su pregunta, y lo que nos escriba sobre una respuesta, después de quitar los datos que se indican más abajo.",
    (
        "Lo que resultó: los artículos que se le mostraron, cuáles abrió, si dijo que le ayudaron y si después se "
        "comunicó con un agente."
    ),
    (
        "La hora y un número al azar para esta visita. No dice nada sobre quién es usted y termina cuando cierra el "
        "navegador."
    ),
)
PRIVACY_REMOVED_TITLE: Final = "Qué se quita primero"
PRIVACY_REMOVED_LEAD: Final = (
    "Antes de guardar nada se buscan estos datos. En su lugar queda una marca en inglés, como “[card number]”:"
)
PRIVACY_REMOVED: Final = (
    "números de tarjeta, sus códigos de seguridad y los PIN",
    "números de cuenta, también los de un banco, y números de ruta",
    "números de Seguro Social",
    "números de teléfono y direcciones de correo electrónico",
    "direcciones postales",
    "contraseñas",
)
PRIVACY_MISSED: Final = (
    "Los nombres no se reconocen, y ninguna búsqueda de este tipo lo encuentra todo. No escriba lo que no haga falta "
    "para responderle."
)
PRIVACY_NEVER_TITLE: Final = "Qué no se guarda"
PRIVACY_NEVER: Final = (
    "Quién es usted. Aquí no inicia sesión, y este sitio no puede ver su cuenta.",
    "La dirección de su dispositivo.",
    "Lo que escribe antes de enviarlo.",
)
PRIVACY_AGENT_TITLE: Final = "Mensajes a un agente"
PRIVACY_AGENT: Final = (
    "Un mensaje que envíe a un agente desde este sitio llega a los agentes tal como lo escribió, porque lo necesitan "
    "para ayudarle. Aquí se borra cuando ellos lo tienen."
)
PRIVACY_WHY_TITLE: Final = "Para qué sirve"
PRIVACY_WHY: Final = "Para ver qué preguntas no tienen todavía una buena respuesta y escribir los artículos que faltan."
PRIVACY_DAYS_TITLE: Final = "Cuánto tiempo se guarda"
PRIVACY_DAYS: Final = ("{count} día. Después se borra.", "{count} días. Después se borra.")
PRIVACY_COOKIES_TITLE: Final = "Las cookies"
PRIVACY_COOKIES: Final = (
    "Una contiene el número al azar de su visita y desaparece cuando cierra el navegador. Si elige un idioma, otra lo "
    "recuerda durante un año. Nada de esto le sigue a otros sitios."
)
PRIVACY_ERASE_TITLE: Final = "Pedir que se borre antes"
PRIVACY_ERASE: Final = (
    "Dé el número de su visita a quien administra este sitio. Se borrará todo lo que se guardó con ese número."
)
PRIVACY_VISIT: Final = "El número de esta visita es {visit}."
PRIVACY_NO_VISIT: Final = "Este navegador no tiene número, así que nada se puede reconocer como suyo."
