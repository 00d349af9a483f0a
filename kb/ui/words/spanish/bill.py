"""The page about the bill: the sample, its parts, and a line of one's own."""

from __future__ import annotations

from typing import Final

NAV_BILL: Final = "Su factura"
BILL_TITLE: Final = "Su factura, parte por parte"
BILL_LEAD: Final = (
    "Esta es una factura inventada, en el orden que suelen tener. Elija una parte para leer qué significa. "
    "La suya puede verse un poco distinta."
)
BILL_SAMPLE: Final = "Muestra"
BILL_SAMPLE_NOTE: Final = "Una factura inventada. Ni la cuenta ni los precios son reales."
BILL_PICTURE: Final = "Una factura inventada con partes numeradas. La lista de partes dice lo mismo con palabras."
BILL_COMPANY: Final = "Cable Ejemplo, S. A."
BILL_STATEMENT: Final = "Estado de cuenta"
BILL_COUPON: Final = "Envíe esta parte si paga por correo"
BILL_PARTS: Final = "Las partes de la factura"
BILL_ON_SAMPLE: Final = "En la muestra"
BILL_ARTICLES: Final = "Más información"
BILL_ASK: Final = "Pregunte: «{question}»"
BILL_CLOSE: Final = "Cerrar esta parte"
BILL_NONE: Final = "Todavía no hay una factura de muestra. Haga su pregunta o explore los temas."

LINE_TITLE: Final = "¿Qué significa una línea de su factura?"
LINE_LEAD: Final = "Escriba una línea tal como está impresa. Se busca y se olvida: no se guarda nada."
LINE_WORDING: Final = "La línea, tal como está impresa"
LINE_WORDING_HINT: Final = "Por ejemplo: Broadcast TV Surcharge"
LINE_AMOUNT: Final = "Importe, si quiere"
LINE_AMOUNT_HINT: Final = "Por ejemplo: 27.00"
LINE_SUBMIT: Final = "Explicar esta línea"
LINE_EMPTY: Final = "Escriba primero las palabras de la línea."
LINE_NOT_AMOUNT: Final = "«{amount}» no es un importe que podamos leer. Escríbalo así: 27.00 o −5.00."
LINE_PART: Final = "Una línea así suele pertenecer a «{part}»."
LINE_CREDIT: Final = "{amount} lleva un signo menos: es un crédito y reduce lo que debe."
LINE_MONTHLY: Final = "Si se cobra cada mes, {amount} son {year} al año."
LINE_ARTICLE: Final = "Qué lo explica"
LINE_CHOICES: Final = "Puede ser una de estas"
LINE_UNKNOWN: Final = (
    "No podemos decir qué es «{line}». Un agente sí: pregunte qué hecho o servicio la causó y desde cuándo."
)
LINE_CONTACT: Final = "Comuníquese con un agente"
LINE_FOUND: Final = "Encontrado: {title}"
