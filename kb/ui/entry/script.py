"""What the server has Streamlit run, as ``app.py`` is what ``streamlit run`` does.

It stands in a folder of its own: beside a folder ``pages/`` Streamlit takes each file of that for a page without the
router, and the first visitor of a fresh server would see it so. ``.streamlit/config.toml`` must stand beside it.
"""

from kb.ui.main import run

run()
