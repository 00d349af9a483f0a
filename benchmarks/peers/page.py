"""The least Streamlit page that takes a question and says something: the yardstick of benchmarks/load.py."""

import streamlit as st

question = st.text_input("Question")
if question:
    st.write(f"You asked: {question}")
