"""The script that the server has Streamlit run, and its configuration."""
