"""The application's entry for ``streamlit run app.py``; ``kb serve`` runs the same router from the package."""

from kb.ui.main import run

run()
