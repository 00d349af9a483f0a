"""Encoders of texts. Models are read and built once; serving needs only onnxruntime and tokenizers."""
