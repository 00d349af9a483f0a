"""The things that pages show, each as HTML, whether Streamlit draws them or a plain document holds them."""
