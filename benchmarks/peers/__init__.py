"""The systems compared with this project, each set up as its documentation recommends."""
