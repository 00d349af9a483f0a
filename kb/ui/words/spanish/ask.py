"""The ask page: the field, the answer, the choice, and no answer."""

from __future__ import annotations

from typing import Final

ASK_TITLE: Final = "Pregunte sobre su factura"
ASK_LEAD: Final = (
    "Escriba su pregunta con sus propias palabras. Verá la parte de un artículo que la responde, "
    "o cómo comunicarse con un agente si no tenemos una respuesta."
)
ASK_LABEL: Final = "Su pregunta"
ASK_PLACEHOLDER: Final = "Por ejemplo: cargo por pago tardío"
ASK_SUBMIT: Final = "Preguntar"
ASK_EMPTY: Final = (
    "Primero escriba unas palabras sobre su factura, por ejemplo “cargo por pago tardío” o “por qué subió mi factura”."
)
YOU_ASKED: Final = "Usted preguntó"
ANSWER_FROM: Final = "De:"
ANSWER_SECTION: Final = "sección {heading}"
SEARCHED_FOR: Final = "Mostrando resultados de {searched}"
RECENT_TITLE: Final = "Sus preguntas en esta visita"
ANSWER_WHOLE: Final = "Leer el artículo completo"
ANSWER_FOUND: Final = "Respuesta encontrada: {title}"
OTHER_ARTICLES: Final = "Otros artículos"
PEEK: Final = "Ver la parte que más se acerca"
NOT_IT_TITLE: Final = "¿No es lo que necesitaba?"
NOT_IT_TEXT: Final = "Pruebe con otras palabras, {browse} o {contact}."
NOT_IT_BROWSE: Final = "busque por tema"
NOT_IT_CONTACT: Final = "comuníquese con un agente"
CLARIFY_TITLE: Final = "¿A cuál de estos temas se refiere?"
CLARIFY_NONE: Final = "Ninguno de estos"
CLARIFY_NONE_TEXT: Final = "Vea cómo comunicarse con un agente"
NO_ANSWER_TITLE: Final = "No tenemos un artículo que responda a esto"
NO_ANSWER_TEXT: Final = "Un agente puede revisar su cuenta y ayudarle."
OUT_OF_SCOPE_TEXT: Final = (
    "Este centro de ayuda trata de la facturación de {provider}. Para cualquier otro asunto, pregunte a un agente."
)
OUR_PROVIDER: Final = "nuestro proveedor"
NONE_TITLE: Final = "Un agente puede ayudarle con esto"
NONE_TEXT: Final = "Usted indicó que ninguno de los artículos era lo que buscaba."
PERHAPS_RELATED: Final = "Tal vez relacionado"
PERHAPS_TEXT: Final = "Estos temas están cerca de su pregunta, pero quizás no la respondan."
SUGGEST_LABEL: Final = "Sugerencias"
SUGGEST_ARTICLE: Final = "Artículo"
SUGGEST_COUNT: Final = (
    "{count} sugerencia. Use las flechas para elegirla.",
    "{count} sugerencias. Use las flechas para elegir una.",
)
