"""Encoders: texts to vectors. Models are read and built here once; what serves needs onnxruntime and tokenizers alone."""
