"""The systems that are measured side by side, each as its documentation recommends."""
