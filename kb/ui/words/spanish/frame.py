"""What stands around every page, and the pages that only have something to say."""

from __future__ import annotations

from typing import Final

NAV_LABEL: Final = "Principal"
NAV_ASK: Final = "Preguntar"
NAV_BROWSE: Final = "Temas"
NAV_CONTACT: Final = "Contacto"
BREADCRUMB_LABEL: Final = "Usted está aquí"
NO_INDEX: Final = "Todavía no se ha creado un índice: ejecute kb build, y esta página responderá sin reiniciar."
NO_INDEX_YET_TITLE: Final = "Las respuestas estarán aquí en un momento"
NO_INDEX_YET: Final = (
    "El centro de ayuda está leyendo sus artículos por primera vez. Esta página responderá en cuanto termine."
)
QUICK_FOR_NOW: Final = "Por ahora recibe respuestas rápidas. Se preparan otras mejores; usted no tiene que hacer nada."
BUILD_PROGRESS: Final = "Este paso va en {share} %; tiempo restante: {left}."
SECONDS_LEFT: Final = "unos {n} segundos"
ONE_MINUTE_LEFT: Final = "cerca de un minuto"
MINUTES_LEFT: Final = "unos {n} minutos"
UNAVAILABLE_TITLE: Final = "Las respuestas no están disponibles en este momento"
UNAVAILABLE: Final = "Inténtelo de nuevo en unos minutos o comuníquese con un agente."
SCRIPT_ERROR_TITLE: Final = "Algo salió mal en esta página"
SCRIPT_ERROR: Final = "Vuelva a cargarla. Si sucede otra vez, díganos esta referencia del error: {reference}"
NOT_FOUND_TITLE: Final = "Esta página no existe"
NOT_FOUND_TEXT: Final = "Tal vez la dirección quedó incompleta. Escriba su pregunta o busque por tema."
LANGUAGE_LABEL: Final = "Idioma"
SKIP_TO_MAIN: Final = "Ir al contenido principal"
