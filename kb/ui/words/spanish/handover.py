"""The form that hands a question over to a help desk."""

from __future__ import annotations

from typing import Final

HANDOVER_TITLE: Final = "Pídanos que nos comuniquemos con usted"
HANDOVER_LEAD: Final = "Deje su pregunta y alguien de nuestra mesa de ayuda se comunicará con usted."
HANDOVER_KIND: Final = "¿Cómo quiere que nos comuniquemos?"
HANDOVER_KINDS: Final = {"callback": "Llámenme", "ticket": "Escríbanme"}
HANDOVER_NAME: Final = "Su nombre"
HANDOVER_REACH: Final = "Número de teléfono o correo electrónico"
HANDOVER_QUESTION: Final = "De qué se trata"
HANDOVER_SAFE: Final = "No escriba números de tarjeta, contraseñas ni PIN. Aquí nadie los necesita."
HANDOVER_CONSENT: Final = (
    "Acepto que mi nombre, la forma de comunicarse conmigo y mi pregunta se pasen a la mesa de ayuda de {name}. "
    "Aquí se borran en cuanto hayan llegado allí."
)
HANDOVER_SUBMIT: Final = "Enviar mi solicitud"
HANDOVER_PROBLEMS: Final = {
    "name": "Escriba su nombre.",
    "reach": "Escriba un número al que podamos llamar o, para una respuesta por escrito, un correo electrónico.",
    "question": "Escriba de qué se trata.",
    "consent": "Marque la casilla si podemos pasar estos datos. Sin ella no se envía nada.",
}
HANDOVER_MISSING: Final = "Falta algo"
HANDOVER_DONE_TITLE: Final = "Su solicitud está en camino"
HANDOVER_DONE: Final = (
    "Está guardada de forma segura y se pasará aunque nuestra conexión falle un rato. Su referencia: {reference}"
)
HANDOVER_AGAIN: Final = "Enviar otra solicitud"
HANDOVER_FAILED: Final = "No se pudo guardar su solicitud, así que no se envió nada. Use una de las maneras de arriba."
