"""The pages, each a file that Streamlit runs from top to bottom on every visit."""
