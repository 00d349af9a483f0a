"""The words of the case sheet and of the ladder of escalation, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """Words of the case sheet and its reminder."""

    title: str
    lead: str
    open: str
    tabs: tuple[str, ...]
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    before: str
    during: str
    after: str
    empty: str
    copy: str
    copied: str
    print: str
    text: str
    reminder: str
    reminder_none: str
    file: str
    reminder_file: str
    reminder_title: str
    reminder_title_case: str
    reminder_text: str
    clear: str


CASE_EN: Final = CaseWords(
    title="Your case sheet",
    lead=(
        "A few notes make the call shorter and keep what was promised. They stay in this visit only: nothing you "
        "write here is passed on, or kept where anyone else can read it. Closing or reloading the page empties it, so "
        "keep a copy at the end."
    ),
    open="Prepare for the call with a case sheet",
    tabs=("Before", "During", "After"),
    labels={
        "question": "What you asked",
        "articles": "Articles you have read",
        "happened": "What happened",
        "amounts": "Amounts and dates",
        "wanted": "What you ask for",
        "contacted": "Day you contact them",
        "representative": "Representative’s name",
        "case_number": "Case number",
        "promised": "What was promised",
        "promised_by": "By when",
    },
    hints={
        "happened": "For example: the total rose in May, and I changed nothing",
        "amounts": "For example: $82.99 instead of $72.99, bill of May 4",
        "wanted": "For example: a credit of $10, or the reason in writing",
        "promised": "In their words. Read it back: “You have noted that …?”",
    },
    before="Write it down once, in short sentences. You can read it out on the phone.",
    during="Keep this part open while you talk. Ask for each of these before you hang up.",
    after="Keep what was said, and put the promised day in your calendar.",
    empty="Nothing is written yet. Printed now, the sheet has lines to fill in by hand.",
    copy="Copy",
    copied="Copied",
    print="Print or save as PDF",
    text="Download as text",
    reminder="Add {day} to your calendar",
    reminder_none="For a calendar reminder, enter under “During” by when it was promised.",
    file="case-sheet.txt",
    reminder_file="follow-up.ics",
    reminder_title="Follow up: was it done?",
    reminder_title_case="Follow up on case {case_number}: was it done?",
    reminder_text="If nothing has happened, call again and start from the case number.",
    clear="Empty the sheet",
)

CASE_ES: Final = CaseWords(
    title="Su hoja del caso",
    lead=(
        "Unas pocas notas acortan la llamada y conservan lo prometido. Se quedan solo en esta visita: nada de lo que "
        "escriba aquí se pasa a nadie ni se guarda donde otra persona pueda leerlo. Al cerrar o recargar la página se "
        "vacía, así que al final guarde una copia."
    ),
    open="Prepare la llamada con una hoja del caso",
    tabs=("Antes", "Durante", "Después"),
    labels={
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
    },
    hints={
        "happened": "Por ejemplo: el total subió en mayo y no cambié nada",
        "amounts": "Por ejemplo: $82.99 en vez de $72.99, factura del 4 de mayo",
        "wanted": "Por ejemplo: un crédito de $10, o el motivo por escrito",
        "promised": "Con sus palabras. Repítalo: «¿Ha anotado usted que…?»",
    },
    before="Escríbalo una vez, en frases cortas. Puede leerlo por teléfono.",
    during="Tenga esta parte abierta mientras habla. Pida cada uno de estos datos antes de colgar.",
    after="Conserve lo que se dijo y ponga el día prometido en su calendario.",
    empty="Todavía no hay nada escrito. Si la imprime ahora, la hoja tiene líneas para escribir a mano.",
    copy="Copiar",
    copied="Copiado",
    print="Imprimir o guardar como PDF",
    text="Descargar como texto",
    reminder="Añadir el {day} a su calendario",
    reminder_none="Para un recordatorio, indique en «Durante» para cuándo se lo prometieron.",
    file="hoja-del-caso.txt",
    reminder_file="seguimiento.ics",
    reminder_title="Seguimiento: ¿se hizo?",
    reminder_title_case="Seguimiento del caso {case_number}: ¿se hizo?",
    reminder_text="Si no ha pasado nada, vuelva a llamar y empiece por el número de caso.",
    clear="Vaciar la hoja",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderWords:
    """Words of the ladder of escalation."""

    title: str
    lead: str
    from_day: str
    answer: str
    say: str
    article: str
    answer_days: str


LADDER_EN: Final = LadderWords(
    title="If it is not solved",
    lead=(
        "Go one step at a time, calm and clear. The days count from the day you contact them: change it on the case "
        "sheet."
    ),
    from_day="From {day}",
    answer="If you do it that day, an answer is due by {day} ({count} days)",
    say="Words that help",
    article="How to do this",
    answer_days="An answer is due within {count} days.",
)

LADDER_ES: Final = LadderWords(
    title="Si no se resuelve",
    lead=(
        "Vaya paso a paso, con calma y claridad. Los días cuentan desde el día en que se comunica: cámbielo en la "
        "hoja del caso."
    ),
    from_day="A partir del {day}",
    answer="Si lo hace ese día, deben responder a más tardar el {day} ({count} días)",
    say="Palabras que ayudan",
    article="Cómo hacerlo",
    answer_days="Deben responder en {count} días.",
)
