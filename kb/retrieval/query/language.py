"""Recognizes the language of a question by its words alone."""

from __future__ import annotations

import re

from kb.types import ENGLISH, SPANISH

_SPANISH_SHARE = 0.2
"""Least share of Spanish words, if English function words are fewer; with less, English place names would pass."""

_ENOUGH_ENGLISH = 2
"""Least number of English function words that tell the language; a Spanish question may have one."""

_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_LETTERS = re.compile(r"[¿¡ñáéíóú]", re.IGNORECASE)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPANISH = _set(
    """al antes aun cobran cobraron como con cual cuando cuanto cuesta dan de debo del dice donde el ella en es esa ese
    esta estan este esto factura hacer hago hay la las le les lo los mas mi mis mucho muy necesito nos otra otro pagar
    pago para pero poner por porque puedo que quien quiero quitar se si sobre su sus tengo tiene todo todavia un una
    unos van voy y ya yo"""
)
_SPANISH_BILLING = _set(
    """abogado acepta activar actualizar agente agregar ahora alguien anos anterior aparato aparece apartamento
    atrasado atraso aumento automatico aviso ayuda ayudar bajar banco bloquear cada cajas cambia cambiar cambie
    cambio canales cancelada cancelan cancelar cancele cancelo cargos carta celular cerrada cerrar ciudad cliente
    clientes cobra cobrado cobrador cobrando cobrar cobrarme cobren cobro cobros comprar compras contrasena
    contratar contrato correo cortaron corte costo credito creditos cualquier cuantas cuantos cuenta cuentas cuotas
    dejar dejo demandar derechos desactivar descuento descuentos deuda devolucion devolver devolvi devuelto
    devuelvan dias dieron dijeron dijo dinero direccion doble efectivo electronico empresa entrar entregar entregue
    equipo equipos esposa esposo extranjero facturacion facturas falla fallecido fallo fecha fondos fraude funciona
    garantia gracias hablar hasta hijo hizo hoy iglesia impuesto impuestos instalacion insuficientes linea lineas
    llamada llamar llame llegan llegar llego luz mandan mandando mandar mandaron mensual mes meses misma mismo
    mudanza mudarme mudarse muerto multa nada necesita negocio ningun nomas nombre nueva nuevo numero oferta ofertas
    oficina otras otros pagado pagan pagando pagarle pague paquete parar parcial pedi pedir pelicula peliculas perdi
    permiso pide piden precio precios prometido prometieron promocion queda quede queja quieren quita quitan quitar
    quitaron quiten rebaja recargo recibi recibo reclamar reclamo reembolso regresan regresar renta reportar robado
    roban robaron robo sabe saber sacaron salio segun seguro semana semanas servicio servicios siempre sigo sigue
    siguen sin solamente sospechoso subieron subio subir suspender suspendido tarde tarjeta tarjetas tecnico
    telefono televisor tengan termina terminar termino tienda titular unico usted usuario veces vecino vencido
    vencimiento vendedor verdad vieja viejo"""
)
"""Words that Spanish speakers use about bills, typed without accents, and that are rare in English."""
_ENGLISH = _set(
    """a about and any are at be bill but by can charge did do does for from get has have how i im in is it my not of
    off on or out pay she should so than that the their they this to up was we what when where which who why will with
    would you your"""
)


def is_spanish(text: str) -> bool:
    """Return whether a text has letters that English lacks, or enough words that only Spanish has."""
    if _SPANISH_LETTERS.search(text):
        return True
    words = _WORD.findall(text.casefold())
    spanish = sum(word in _SPANISH or word in _SPANISH_BILLING for word in words)
    english = sum(word in _ENGLISH for word in words)
    return spanish > english and spanish >= _SPANISH_SHARE * len(words)


def told_by_words(text: str) -> str:
    """Return the language that the words of a question tell; empty if they are words of both, such as "internet"."""
    if is_spanish(text):
        return SPANISH
    english = sum(word in _ENGLISH for word in _WORD.findall(text.casefold()))
    return ENGLISH if english >= _ENOUGH_ENGLISH else ""
