"""What the pages are made of, in HTML and in words, without Streamlit."""
