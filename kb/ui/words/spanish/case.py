"""Opening hours, the case sheet, the reminder and the ladder of escalation."""

from __future__ import annotations

from typing import Final

WEEKDAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
TIME_AM: Final = "{hour}:{minute} a. m."
TIME_PM: Final = "{hour}:{minute} p. m."
DAY_AT: Final = "{weekday}, {time}"
OPEN_NOW: Final = "Abierto ahora"
CLOSED_NOW: Final = "Cerrado ahora"
OPEN_ALWAYS: Final = "a cualquier hora"
OPEN_UNTIL: Final = "hasta las {time}"
OPENS_AT: Final = "abre: {time}"
CENTER_TIME: Final = "en el centro de atención"
YOUR_TIME: Final = "en su hora"
WEEK_HOURS: Final = "Horario del centro de atención"
WEEK_CLOSED: Final = "cerrado"
WAIT: Final = "Espera habitual: unos {count} minutos"

CASE_TITLE: Final = "Su hoja del caso"
CASE_LEAD: Final = (
    "Unas pocas notas acortan la llamada y conservan lo prometido. Se quedan solo en esta visita: nada de lo que "
    "escriba aquí se guarda ni se pasa a nadie. Al cerrar o recargar la página se vacía, así que al final guarde una "
    "copia."
)
CASE_OPEN: Final = "Prepare la llamada con una hoja del caso"
CASE_TABS: Final = ("Antes", "Durante", "Después")
CASE_LABELS: Final = {
    "question": "Lo que preguntó",
    "articles": "Artículos que ha leído",
    "happened": "Qué pasó",
    "amounts": "Importes y fechas",
    "wanted": "Qué pide usted",
    "contacted": "Día en que se comunica",
    "representative": "Nombre del representante",
    "case_number": "Número de caso",
    "promised": "Qué le prometieron",
    "promised_by": "Para cuándo",
}
CASE_HINTS: Final = {
    "happened": "Por ejemplo: el total subió en mayo y no cambié nada",
    "amounts": "Por ejemplo: $82.99 en vez de $72.99, factura del 4 de mayo",
    "wanted": "Por ejemplo: un crédito de $10, o el motivo por escrito",
    "promised": "Con sus palabras. Repítalo: «¿Ha anotado usted que…?»",
}
CASE_BEFORE: Final = "Escríbalo una vez, en frases cortas. Puede leerlo por teléfono."
CASE_DURING: Final = "Tenga esta parte abierta mientras habla. Pida cada uno de estos datos antes de colgar."
CASE_AFTER: Final = "Conserve lo que se dijo y ponga el día prometido en su calendario."
CASE_EMPTY: Final = "Todavía no hay nada escrito. Si la imprime ahora, la hoja tiene líneas para escribir a mano."
CASE_COPY: Final = "Copiar"
CASE_COPIED: Final = "Copiado"
CASE_PRINT: Final = "Imprimir o guardar como PDF"
CASE_TEXT: Final = "Descargar como texto"
CASE_REMINDER: Final = "Añadir el {day} a su calendario"
CASE_REMINDER_NONE: Final = "Para un recordatorio, indique en «Durante» para cuándo se lo prometieron."
CASE_FILE: Final = "hoja-del-caso.txt"
CASE_REMINDER_FILE: Final = "seguimiento.ics"
REMINDER_TITLE: Final = "Seguimiento: ¿se hizo?"
REMINDER_TITLE_CASE: Final = "Seguimiento del caso {case_number}: ¿se hizo?"
REMINDER_TEXT: Final = "Si no ha pasado nada, vuelva a llamar y empiece por el número de caso."
CASE_CLEAR: Final = "Vaciar la hoja"

LADDER_TITLE: Final = "Si no se resuelve"
LADDER_LEAD: Final = (
    "Vaya paso a paso, con calma y claridad. Los días cuentan desde el día en que se comunica: cámbielo en la hoja "
    "del caso."
)
LADDER_FROM: Final = "A partir del {day}"
LADDER_TODAY: Final = "El {day}"
LADDER_ANSWER: Final = "Si lo hace ese día, deben responder a más tardar el {day} ({count} días)"
LADDER_SAY: Final = "Palabras que ayudan"
LADDER_ARTICLE: Final = "Cómo hacerlo"
LADDER_ANSWER_DAYS: Final = "Deben responder en {count} días."
