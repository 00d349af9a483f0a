"""HTML and words of the pages, without Streamlit."""
