"""Encoders: texts to vectors. Models are read and built once; serving needs onnxruntime and tokenizers alone."""
