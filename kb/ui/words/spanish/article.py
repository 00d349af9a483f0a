"""An article and what stands around it."""

from __future__ import annotations

from typing import Final

ARTICLE_RELATED: Final = "Artículos relacionados"
ARTICLE_SOURCES: Final = "De dónde viene esta información"
ARTICLE_REVIEWED: Final = "Última revisión: {date}"
ARTICLE_OVERDUE: Final = (
    "Este artículo se revisó por última vez el {date} y le toca una nueva revisión. Es posible que algo haya "
    "cambiado desde entonces; su factura muestra lo que corresponde a su caso."
)
ARTICLE_UNKNOWN_TITLE: Final = "No encontramos ese artículo"
ARTICLE_UNKNOWN_TEXT: Final = (
    "Tal vez cambió de nombre o la dirección quedó incompleta. Escriba su pregunta o busque por tema."
)
ARTICLE_SOURCE_UNDATED: Final = "Fuente sin fecha, leída en {read}"
ARTICLE_SOURCE_DATED: Final = "Fuente con fecha de {date}, leída en {read}"
KINDS: Final = {
    "faq": "Pregunta",
    "troubleshooting": "Resolver un problema",
    "tutorial": "Pasos",
    "reference": "Consulta",
}
ARTICLES_ARE_ENGLISH: Final = "Puede preguntar en español o en inglés. Los artículos están en inglés."
ARTICLE_CONTENTS: Final = "En este artículo"
ARTICLE_COPY: Final = "Copiar enlace"
ARTICLE_COPIED: Final = "Enlace copiado"
ARTICLE_PRINT: Final = "Imprimir"
STEP_DONE: Final = "Paso {number} hecho"
AGE_UNDATED: Final = ("De una fuente sin fecha", "De fuentes sin fecha")
AGE_DATED: Final = ("De una fuente con fecha de {date}", "De fuentes con fecha de {date}")
AGE_RANGE: Final = "De fuentes con fechas de {oldest} a {newest}"
AGE_SOME_UNDATED: Final = "{dated}, y otras sin fecha"
