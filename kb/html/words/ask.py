"""The words of the ask page and of the topics, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWords:
    """Words of the ask page: the field, the answer, the choice, and no answer."""

    title: str
    lead: str
    label: str
    placeholder: str
    submit: str
    empty: str
    you_asked: str
    answer_from: str
    answer_more: str
    answer_section: str
    searched_for: str
    search_instead: str
    only_first: str
    letters_left: str
    recent_title: str
    popular_title: str
    forget: str
    forgotten: str
    answer_whole: str
    answer_found: str
    other_articles: str
    peek: str
    not_it_title: str
    not_it_text: str
    not_it_browse: str
    not_it_contact: str
    clarify_title: str
    clarify_none: str
    clarify_none_text: str
    elsewhere_title: str
    elsewhere_names: str
    elsewhere_text: str
    elsewhere_nearest: str
    elsewhere_agent: str
    agent_nearest: str
    no_answer_title: str
    no_answer_text: str
    out_of_scope_text: str
    our_provider: str
    none_title: str
    none_text: str
    perhaps_related: str
    perhaps_text: str
    suggest_label: str
    suggest_article: str
    suggest_count: tuple[str, str]
    answer_in_english: ClassVar[str] = "Puede preguntar en español. Esta respuesta todavía está solo en inglés."
    """For Spanish pages alone."""


ASK_EN: Final = AskWords(
    title="Ask about your bill",
    lead=(
        "Type your question in your own words. You get the part of an article that answers it, or the way to an "
        "agent when we have no answer."
    ),
    label="Your question",
    placeholder="For example: late fee",
    submit="Ask",
    empty="Type a few words about your bill first, for example “late fee” or “why did my bill go up”.",
    you_asked="You asked",
    answer_from="From:",
    answer_more="Also in this article",
    answer_section="section {heading}",
    searched_for="Showing results for {searched}",
    search_instead="Search instead for {typed}",
    only_first="Only the first 2,000 characters are read.",
    letters_left="{count} of 2,000 characters",
    recent_title="Your recent questions",
    popular_title="Often asked",
    forget="Clear your recent questions",
    forgotten="Your recent questions are cleared.",
    answer_whole="Read the whole article",
    answer_found="Answer found: {title}",
    other_articles="Other articles",
    peek="Show the part that fits best",
    not_it_title="Not what you needed?",
    not_it_text="Try other words, {browse}, or {contact}.",
    not_it_browse="browse the topics",
    not_it_contact="contact an agent",
    clarify_title="Which of these do you mean?",
    clarify_none="None of these",
    clarify_none_text="See how to reach an agent",
    elsewhere_title="This seems to be about: {title}",
    elsewhere_names="This seems to be about {names}",
    elsewhere_text="The articles here are about bills from {provider}. For anything else, ask {names}.",
    elsewhere_nearest="If you meant your bill",
    elsewhere_agent="Contact an agent",
    agent_nearest="Articles that may help",
    no_answer_title="We don’t have an article that answers this",
    no_answer_text="An agent can look at your account and help you with it.",
    out_of_scope_text="This help center is about billing by {provider}. For anything else, ask an agent.",
    our_provider="our provider",
    none_title="An agent can help with this",
    none_text="You said none of the articles was what you meant.",
    perhaps_related="Perhaps related",
    perhaps_text="These are near your question in topic, but they may not answer it.",
    suggest_label="Suggestions",
    suggest_article="Article",
    suggest_count=(
        "{count} suggestion. Use the arrow keys to choose it.",
        "{count} suggestions. Use the arrow keys to choose one.",
    ),
)

ASK_ES: Final = AskWords(
    title="Pregunte sobre su factura",
    lead=(
        "Escriba su pregunta con sus propias palabras. Verá la parte de un artículo que la responde, o cómo "
        "comunicarse con un agente si no tenemos una respuesta."
    ),
    label="Su pregunta",
    placeholder="Por ejemplo: cargo por pago tardío",
    submit="Preguntar",
    empty=(
        "Primero escriba unas palabras sobre su factura, por ejemplo “cargo por pago tardío” o “por qué subió mi "
        "factura”."
    ),
    you_asked="Usted preguntó",
    answer_from="De:",
    answer_more="También en este artículo",
    answer_section="sección {heading}",
    searched_for="Mostrando resultados de {searched}",
    search_instead="Buscar en su lugar {typed}",
    only_first="Solo se leen los primeros 2,000 caracteres.",
    letters_left="{count} de 2,000 caracteres",
    recent_title="Sus preguntas recientes",
    popular_title="Preguntas frecuentes",
    forget="Borrar sus preguntas recientes",
    forgotten="Sus preguntas recientes se borraron.",
    answer_whole="Leer el artículo completo",
    answer_found="Respuesta encontrada: {title}",
    other_articles="Otros artículos",
    peek="Ver la parte que más se acerca",
    not_it_title="¿No es lo que necesitaba?",
    not_it_text="Pruebe con otras palabras, {browse} o {contact}.",
    not_it_browse="busque por tema",
    not_it_contact="comuníquese con un agente",
    clarify_title="¿A cuál de estos temas se refiere?",
    clarify_none="Ninguno de estos",
    clarify_none_text="Vea cómo comunicarse con un agente",
    elsewhere_title="Parece tratarse de: {title}",
    elsewhere_names="Parece tratarse de {names}",
    elsewhere_text=(
        "Los artículos de aquí tratan de facturas de {provider}. Para cualquier otro asunto, pregunte a {names}."
    ),
    elsewhere_nearest="Si se refería a su factura",
    elsewhere_agent="Comuníquese con un agente",
    agent_nearest="Artículos que pueden ayudarle",
    no_answer_title="No tenemos un artículo que responda a esto",
    no_answer_text="Un agente puede revisar su cuenta y ayudarle.",
    out_of_scope_text=(
        "Este centro de ayuda trata de la facturación de {provider}. Para cualquier otro asunto, pregunte a un agente."
    ),
    our_provider="nuestro proveedor",
    none_title="Un agente puede ayudarle con esto",
    none_text="Usted indicó que ninguno de los artículos era lo que buscaba.",
    perhaps_related="Tal vez relacionado",
    perhaps_text="Estos temas están cerca de su pregunta, pero quizás no la respondan.",
    suggest_label="Sugerencias",
    suggest_article="Artículo",
    suggest_count=(
        "{count} sugerencia. Use las flechas para elegirla.",
        "{count} sugerencias. Use las flechas para elegir una.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseWords:
    """Words of topics and lists of articles."""

    title: str
    all: str
    by_topic: str
    unknown: str
    article_count: tuple[str, str]
    az: str
    others: str
    most_read: str
    lead: str


BROWSE_EN: Final = BrowseWords(
    title="Browse all topics",
    all="All topics",
    by_topic="Or browse by topic",
    unknown="There is no topic of that name. Here are all of them.",
    article_count=("{count} article", "{count} articles"),
    az="Index from A to Z",
    others="0–9",
    most_read="Most read",
    lead="Every topic of the help center, with its articles.",
)

BROWSE_ES: Final = BrowseWords(
    title="Todos los temas",
    all="Todos los temas",
    by_topic="O busque por tema",
    unknown="No hay ningún tema con ese nombre. Aquí están todos.",
    article_count=("{count} artículo", "{count} artículos"),
    az="Índice de la A a la Z",
    others="0–9",
    most_read="Lo más leído",
    lead="Todos los temas del centro de ayuda, con sus artículos.",
)
