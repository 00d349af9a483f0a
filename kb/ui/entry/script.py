"""The script that the server has Streamlit run, as ``streamlit run`` runs ``app.py``.

It has its own folder: next to a folder ``pages/``, Streamlit would treat each of that folder's files as a page and show
it to a fresh server's first visitor without the router. ``.streamlit/config.toml`` must be next to this script.
"""

from kb.ui.main import run

run()
