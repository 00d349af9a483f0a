"""Whether a customer asks for a person and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.query.wants_agent import wants_agent

ASKS = [
    "agent",
    "Agent!",
    "AGENT",
    "agent please",
    "live agent",
    "speak to an agent",
    "I want to speak to a human",
    "real person",
    "let me talk to a real person please",
    "can I talk to someone",
    "connect me with a representative",
    "representative",
    "rep",
    "I'd like to chat with a person now",
    "get me a human",
    "need to speak with customer service rep",
    "how do I reach a human",
    "how can i get a live person",
    "operator",
    "is there anyone I can call",
    "transfer me to an agent",
    "talking to someone right now",
    "customer service representative",
    "hablar con alguien",
    "Quiero hablar con un agente",
    "agente por favor",
    "necesito hablar con una persona",
    "persona real",
    "¿Puedo hablar con un representante?",
    "comuníqueme con un agente",
    "páseme con un asesor",
    "operadora",
    "quiero hablar con servicio al cliente en español, una persona",
]
OTHERWISE = [
    "why did the agent charge me",
    "agent fee",
    "what is the agent payment fee",
    "supervisor",
    "I want a supervisor",
    "manager",
    "speak to a manager",
    "the agent was rude",
    "the agent promised me a credit",
    "phone number of an agent",
    "agent phone number",
    "talk to someone about my bill",
    "can I pay with an agent",
    "the representative lied",
    "customer service",
    "call",
    "I want to talk",
    "someone used my card",
    "who is the person on my bill",
    "a person moved out",
    "¿por qué me cobró el agente?",
    "cargo por agente",
    "supervisor por favor",
    "hablar con alguien de mi factura",
    "servicio al cliente",
    "human resources",
    "person person person person person person person person person person person person person person person",
]


@pytest.mark.parametrize("text", ASKS)
def test_a_customer_asks_for_a_person(text):
    """In any words for it, in both languages, with courtesies."""
    assert wants_agent(text)


def test_the_provider_s_names_are_courtesies():
    """They come from site.yaml; another company's name makes it another question."""
    assert wants_agent("Northwind Power representative", ("Northwind Power", "NWP"))
    assert wants_agent("talk to a person at nwp", ("Northwind Power", "NWP"))
    assert not wants_agent("Northwind Power representative", ("Southwind",))


@pytest.mark.parametrize("text", ["", *OTHERWISE])
def test_another_question_is_another_question(text):
    """A reason, a fee, a number or a supervisor; nothing; or more words than anyone needs."""
    assert not wants_agent(text)


@given(text=st.text(st.characters(), max_size=80))
def test_any_text_is_a_question(text):
    """Nothing raises, and what has no word for a person never asks for one."""
    assert wants_agent(text) in (True, False)
    assert not wants_agent(f"zebra {text}")
