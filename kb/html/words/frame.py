"""The words around every page, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameWords:
    """Words around every page, and of the pages that only have something to say."""

    nav_label: str
    nav_ask: str
    nav_browse: str
    nav_bill: str
    nav_contact: str
    breadcrumb_label: str
    no_index: str
    no_index_yet_title: str
    no_index_yet: str
    quick_for_now: str
    build_progress: str
    seconds_left: str
    one_minute_left: str
    minutes_left: str
    unavailable_title: str
    unavailable: str
    too_busy_title: str
    too_busy: str
    script_error_title: str
    script_error: str
    not_found_title: str
    not_found_text: str
    language_label: str
    skip_to_main: str
    no_index_command: ClassVar[str] = "kb build"
    language_names: ClassVar[Mapping[str, str]] = {"en": "English", "es": "Español"}


FRAME_EN: Final = FrameWords(
    nav_label="Main",
    nav_ask="Ask",
    nav_browse="Browse",
    nav_bill="Your bill",
    nav_contact="Contact",
    breadcrumb_label="You are here",
    no_index="No index has been built yet: run kb build, and this page answers without a restart.",
    no_index_yet_title="Answers will be here in a moment",
    no_index_yet="The help center is reading its articles for the first time. This page answers as soon as it's done.",
    quick_for_now=(
        "You're getting quick answers for now. Better ones are being prepared; you don't have to do anything."
    ),
    build_progress="{share}% of this step is done, with {left} left.",
    seconds_left="about {n} seconds",
    one_minute_left="about a minute",
    minutes_left="about {n} minutes",
    unavailable_title="Answers are not available right now",
    unavailable="Please try again in a few minutes, or contact an agent.",
    too_busy_title="Many people are asking right now",
    too_busy="We couldn't get to your question in time. Please try again in {n} seconds, or contact an agent.",
    script_error_title="Something went wrong on this page",
    script_error="Please reload it. If it happens again, tell us this error reference: {reference}",
    not_found_title="This page does not exist",
    not_found_text="The address may have been cut short. Ask your question, or browse the topics.",
    language_label="Language",
    skip_to_main="Skip to the main content",
)

FRAME_ES: Final = FrameWords(
    nav_label="Principal",
    nav_ask="Preguntar",
    nav_browse="Temas",
    nav_bill="Su factura",
    nav_contact="Contacto",
    breadcrumb_label="Usted está aquí",
    no_index="Todavía no se ha creado un índice: ejecute kb build, y esta página responderá sin reiniciar.",
    no_index_yet_title="Las respuestas estarán aquí en un momento",
    no_index_yet=(
        "El centro de ayuda está leyendo sus artículos por primera vez. Esta página responderá en cuanto termine."
    ),
    quick_for_now="Por ahora recibe respuestas rápidas. Se preparan otras mejores; usted no tiene que hacer nada.",
    build_progress="Este paso va en {share} %; tiempo restante: {left}.",
    seconds_left="unos {n} segundos",
    one_minute_left="cerca de un minuto",
    minutes_left="unos {n} minutos",
    unavailable_title="Las respuestas no están disponibles en este momento",
    unavailable="Inténtelo de nuevo en unos minutos o comuníquese con un agente.",
    too_busy_title="Muchas personas están preguntando en este momento",
    too_busy="No pudimos responder a tiempo. Inténtelo de nuevo en {n} segundos o comuníquese con un agente.",
    script_error_title="Algo salió mal en esta página",
    script_error="Vuelva a cargarla. Si sucede otra vez, díganos esta referencia del error: {reference}",
    not_found_title="Esta página no existe",
    not_found_text="Tal vez la dirección quedó incompleta. Escriba su pregunta o busque por tema.",
    language_label="Idioma",
    skip_to_main="Ir al contenido principal",
)
