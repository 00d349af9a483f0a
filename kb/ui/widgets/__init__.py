"""Widgets: forms, fields and parts that are drawn again by themselves, which need Streamlit."""
