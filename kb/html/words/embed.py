"""The words of the search box on other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedWords:
    """The words of the search box on other sites, in one language."""

    label: str
    ask: str
    leave_out: str
    kept: str
    suggestions: str
    article: str
    looking: str
    empty: str
    whole: str
    helpful: str
    yes: str
    no: str
    thanks: str
    not_recorded: str
    which: str
    none_of_these: str
    no_answer: str
    elsewhere: str
    about: str
    """Before the names of companies."""
    agent_title: str
    agent: str
    away: str
    ask_there: str


EMBED_EN: Final = EmbedWords(
    label="Ask about your bill",
    ask="Ask",
    leave_out="Please leave out names and numbers of accounts or cards.",
    kept="What is kept",
    suggestions="Suggestions",
    article="Article",
    looking="Looking for an answer",
    empty="Type your question first.",
    whole="Read the whole article",
    helpful="Did this help?",
    yes="Yes",
    no="No",
    thanks="Thank you.",
    not_recorded="That could not be recorded.",
    which="Which of these do you mean?",
    none_of_these="None of these",
    no_answer="We have no article that answers this",
    elsewhere="This seems to be about something else",
    about="Your question seems to be about:",
    agent_title="Reaching a person",
    agent="Contact an agent",
    away="Answers are not available right now.",
    ask_there="Ask in the help center",
)
EMBED_ES: Final = EmbedWords(
    label="Pregunte sobre su factura",
    ask="Preguntar",
    leave_out="No escriba nombres ni números de cuentas o tarjetas.",
    kept="Qué se guarda",
    suggestions="Sugerencias",
    article="Artículo",
    looking="Buscando una respuesta",
    empty="Escriba primero su pregunta.",
    whole="Leer todo el artículo",
    helpful="¿Le sirvió?",
    yes="Sí",
    no="No",
    thanks="Gracias.",
    not_recorded="No se pudo registrar.",
    which="¿Cuál de estos temas busca?",
    none_of_these="Ninguno de estos",
    no_answer="No tenemos un artículo que responda esto",
    elsewhere="Esto parece ser sobre otra cosa",
    about="Su pregunta parece ser sobre:",
    agent_title="Hablar con una persona",
    agent="Contactar a un agente",
    away="Las respuestas no están disponibles en este momento.",
    ask_there="Preguntar en el centro de ayuda",
)
