"""The contact page and the panel of ways to reach an agent."""

from __future__ import annotations

from typing import Final

CONTACT_TITLE: Final = "Comuníquese con un agente"
CONTACT_LEAD: Final = "No podemos ver su cuenta. Estas son las maneras de comunicarse con alguien que sí puede."
CONTACT_WAYS: Final = "Maneras de comunicarse con un agente"
CONTACT_READY: Final = "Qué tener a la mano"
CONTACT_BUSINESS: Final = "Cuentas de negocios"
CONTACT_REGULATOR: Final = "Si el proveedor no lo resuelve"
CONTACT_ARTICLES: Final = "Antes y después de llamar"
CONTACT_NO_CHANNELS: Final = (
    "No hay ninguna manera de comunicarse con un agente cuya fuente podamos nombrar. "
    "Use los datos de contacto de su estado de cuenta."
)
SOURCE_UNDATED: Final = "De una página sin fecha de {host}"
SOURCE_DATED: Final = "De una página de {host} con fecha de {date}"
HOURS: Final = "Horario: {hours}"
