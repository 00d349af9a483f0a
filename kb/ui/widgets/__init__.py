"""What needs Streamlit to be drawn: forms, fields and parts that are drawn again by themselves."""
