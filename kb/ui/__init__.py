"""The pages a customer sees. With ``kb.server`` and ``app.py``, the only code that imports streamlit."""
