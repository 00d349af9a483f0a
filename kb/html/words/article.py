"""The words of an article and of the question whether it helped, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWords:
    """Words of an article and of what is around it."""

    related: str
    sources: str
    reviewed: str
    overdue: str
    unknown_title: str
    unknown_text: str
    source_undated: str
    source_dated: str
    kinds: Mapping[str, str]
    only_in_english: str
    out_of_date: str
    in_english: str
    contents: str
    copy: str
    copied: str
    print: str
    printed: str
    step_done: str
    age_undated: tuple[str, str]
    age_dated: tuple[str, str]
    age_range: str
    age_some_undated: str


ARTICLE_EN: Final = ArticleWords(
    related="Related articles",
    sources="Where this comes from",
    reviewed="Last reviewed {date}",
    overdue=(
        "This article was last reviewed on {date} and is due for review. Some of it may have changed since; your "
        "bill shows what applies to you."
    ),
    unknown_title="We can’t find that article",
    unknown_text="It may have been renamed, or the address was cut short. Ask your question, or browse the topics.",
    source_undated="Undated source, read {read}",
    source_dated="Source dated {date}, read {read}",
    kinds={
        "faq": "Question",
        "troubleshooting": "Fix a problem",
        "tutorial": "Steps",
        "reference": "Reference",
    },
    only_in_english="This article is in English.",
    out_of_date="The English text has changed since this was translated. {english}",
    in_english="Read it in English.",
    contents="In this article",
    copy="Copy link",
    copied="Link copied",
    print="Print",
    printed="Read this online:",
    step_done="Step {number} done",
    age_undated=("From an undated source", "From undated sources"),
    age_dated=("From a source dated {date}", "From sources dated {date}"),
    age_range="From sources dated {oldest} to {newest}",
    age_some_undated="{dated}, and undated ones",
)

ARTICLE_ES: Final = ArticleWords(
    related="Artículos relacionados",
    sources="De dónde viene esta información",
    reviewed="Última revisión: {date}",
    overdue=(
        "Este artículo se revisó por última vez el {date} y le toca una nueva revisión. Es posible que algo haya "
        "cambiado desde entonces; su factura muestra lo que corresponde a su caso."
    ),
    unknown_title="No encontramos ese artículo",
    unknown_text="Tal vez cambió de nombre o la dirección quedó incompleta. Escriba su pregunta o busque por tema.",
    source_undated="Fuente sin fecha, leída en {read}",
    source_dated="Fuente con fecha de {date}, leída en {read}",
    kinds={
        "faq": "Pregunta",
        "troubleshooting": "Resolver un problema",
        "tutorial": "Pasos",
        "reference": "Consulta",
    },
    only_in_english="Este artículo todavía está solo en inglés.",
    out_of_date="Esta traducción puede no incluir los últimos cambios. {english}",
    in_english="Vea el texto más reciente, en inglés.",
    contents="En este artículo",
    copy="Copiar enlace",
    copied="Enlace copiado",
    print="Imprimir",
    printed="Léalo en línea:",
    step_done="Paso {number} hecho",
    age_undated=("De una fuente sin fecha", "De fuentes sin fecha"),
    age_dated=("De una fuente con fecha de {date}", "De fuentes con fecha de {date}"),
    age_range="De fuentes con fechas de {oldest} a {newest}",
    age_some_undated="{dated}, y otras sin fecha",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackWords:
    """Words that ask whether an answer or an article was helpful, and why not."""

    question: str
    yes: str
    no: str
    sorry: str
    why: str
    reasons: Mapping[str, str]
    text: str
    private: str
    send: str
    thanks: str
    failed: str
    back: str


FEEDBACK_EN: Final = FeedbackWords(
    question="Was this helpful?",
    yes="Yes",
    no="No",
    sorry="Thank you for saying so. What was wrong?",
    why="Reason, if you like",
    reasons={
        "other_topic": "It is about something else",
        "incomplete": "Something is missing",
        "unclear": "It is hard to understand",
        "differs": "My bill shows something different",
    },
    text="What would have helped, in your own words",
    private="Please leave out names, account numbers and card numbers. Nobody answers here.",
    send="Send",
    thanks="Thank you. Your answer helps to improve this page.",
    failed="This could not be saved. Please try again in a moment.",
    back="Back to the article",
)

FEEDBACK_ES: Final = FeedbackWords(
    question="¿Le sirvió esta información?",
    yes="Sí",
    no="No",
    sorry="Gracias por decirlo. ¿Qué falló?",
    why="Motivo, si desea indicarlo",
    reasons={
        "other_topic": "Trata de otro tema",
        "incomplete": "Falta algo",
        "unclear": "Es difícil de entender",
        "differs": "Mi factura muestra algo distinto",
    },
    text="Qué le habría ayudado, con sus propias palabras",
    private="No escriba nombres, números de cuenta ni números de tarjeta. Aquí nadie le contestará.",
    send="Enviar",
    thanks="Gracias. Su respuesta ayuda a mejorar esta página.",
    failed="No se pudo guardar. Inténtelo de nuevo en un momento.",
    back="Volver al artículo",
)
