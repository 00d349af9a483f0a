"""Whether an answer or an article was helpful, and why not."""

from __future__ import annotations

from typing import Final

FEEDBACK_QUESTION: Final = "¿Le sirvió esta información?"
FEEDBACK_YES: Final = "Sí"
FEEDBACK_NO: Final = "No"
FEEDBACK_SORRY: Final = "Gracias por decirlo. ¿Qué falló?"
FEEDBACK_WHY: Final = "Motivo, si desea indicarlo"
FEEDBACK_REASONS: Final = {
    "other_topic": "Trata de otro tema",
    "incomplete": "Falta algo",
    "unclear": "Es difícil de entender",
    "differs": "Mi factura muestra algo distinto",
}
FEEDBACK_TEXT: Final = "Qué le habría ayudado, con sus propias palabras"
FEEDBACK_PRIVATE: Final = "No escriba nombres, números de cuenta ni números de tarjeta. Aquí nadie le contestará."
FEEDBACK_SEND: Final = "Enviar"
FEEDBACK_THANKS: Final = "Gracias. Su respuesta ayuda a mejorar esta página."
FEEDBACK_FAILED: Final = "No se pudo guardar. Inténtelo de nuevo en un momento."
FEEDBACK_BACK: Final = "Volver al artículo"
