"""Topics and lists of articles."""

from __future__ import annotations

from typing import Final

BROWSE_TITLE: Final = "Todos los temas"
BROWSE_ALL: Final = "Todos los temas"
BROWSE_BY_TOPIC: Final = "O busque por tema"
BROWSE_UNKNOWN: Final = "No hay ningún tema con ese nombre. Aquí están todos."
ARTICLE_COUNT: Final = ("{count} artículo", "{count} artículos")
BROWSE_AZ: Final = "Índice de la A a la Z"
BROWSE_OTHERS: Final = "0–9"
BROWSE_MOST_READ: Final = "Lo más leído"
BROWSE_LEAD: Final = "Todos los temas del centro de ayuda, con sus artículos."
