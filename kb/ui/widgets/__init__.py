"""Streamlit widgets: forms, fields, and fragments that are redrawn on their own."""
