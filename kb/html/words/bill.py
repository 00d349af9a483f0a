"""The words of the page about the bill, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class BillWords:
    """Words of the page about the bill: the sample, its parts, and a line of the customer's own."""

    title: str
    lead: str
    sample: str
    sample_note: str
    picture: str
    company: str
    statement: str
    coupon: str
    parts: str
    on_sample: str
    articles: str
    ask: str
    close: str
    none: str
    line_title: str
    line_lead: str
    line_wording: str
    line_wording_hint: str
    line_amount: str
    line_amount_hint: str
    line_submit: str
    line_empty: str
    line_not_amount: str
    line_part: str
    line_credit: str
    line_monthly: str
    line_article: str
    line_choices: str
    line_unknown: str
    line_contact: str
    line_found: str


BILL_EN: Final = BillWords(
    title="Your bill, part by part",
    lead=(
        "This is a made-up bill in the order bills usually have. Choose a part to read what it means. Your own bill "
        "may look a little different."
    ),
    sample="Sample",
    sample_note="A made-up bill. No real account, no real prices.",
    picture="A made-up bill with numbered parts. The list of parts says the same in words.",
    company="Example Cable Co.",
    statement="Statement",
    coupon="Send this part with a payment by mail",
    parts="The parts of the bill",
    on_sample="On the sample",
    articles="Read more",
    ask="Ask: “{question}”",
    close="Close this part",
    none="There is no sample bill here yet. Ask your question, or browse the topics.",
    line_title="What does a line on your bill mean?",
    line_lead="Type a line as it is printed. It is looked up and forgotten: nothing is stored.",
    line_wording="The line, as printed",
    line_wording_hint="For example: Broadcast TV Surcharge",
    line_amount="Amount, if you like",
    line_amount_hint="For example: 27.00",
    line_submit="Explain this line",
    line_empty="Type the words of the line first.",
    line_not_amount="“{amount}” is not an amount we can read. Write it like 27.00 or −5.00.",
    line_part="Such a line usually belongs to “{part}”.",
    line_credit="{amount} has a minus: it is a credit, so it lowers what you owe.",
    line_monthly="If it comes every month, {amount} is {year} in a year.",
    line_article="What explains it",
    line_choices="It may be one of these",
    line_unknown="We cannot say what “{line}” is. An agent can: ask what event or service caused it, and since when.",
    line_contact="Contact an agent",
    line_found="Found: {title}",
)

BILL_ES: Final = BillWords(
    title="Su factura, parte por parte",
    lead=(
        "Esta es una factura inventada, en el orden que suelen tener. Elija una parte para leer qué significa. La "
        "suya puede verse un poco distinta."
    ),
    sample="Muestra",
    sample_note="Una factura inventada. Ni la cuenta ni los precios son reales.",
    picture="Una factura inventada con partes numeradas. La lista de partes dice lo mismo con palabras.",
    company="Cable Ejemplo, S. A.",
    statement="Estado de cuenta",
    coupon="Envíe esta parte si paga por correo",
    parts="Las partes de la factura",
    on_sample="En la muestra",
    articles="Más información",
    ask="Pregunte: «{question}»",
    close="Cerrar esta parte",
    none="Todavía no hay una factura de muestra. Haga su pregunta o explore los temas.",
    line_title="¿Qué significa una línea de su factura?",
    line_lead="Escriba una línea tal como está impresa. Se busca y se olvida: no se guarda nada.",
    line_wording="La línea, tal como está impresa",
    line_wording_hint="Por ejemplo: Broadcast TV Surcharge",
    line_amount="Importe, si quiere",
    line_amount_hint="Por ejemplo: 27.00",
    line_submit="Explicar esta línea",
    line_empty="Escriba primero las palabras de la línea.",
    line_not_amount="«{amount}» no es un importe que podamos leer. Escríbalo así: 27.00 o −5.00.",
    line_part="Una línea así suele pertenecer a «{part}».",
    line_credit="{amount} lleva un signo menos: es un crédito y reduce lo que debe.",
    line_monthly="Si se cobra cada mes, {amount} son {year} al año.",
    line_article="Qué lo explica",
    line_choices="Puede ser una de estas",
    line_unknown=(
        "No podemos decir qué es «{line}». Un agente sí: pregunte qué hecho o servicio la causó y desde cuándo."
    ),
    line_contact="Comuníquese con un agente",
    line_found="Encontrado: {title}",
)
