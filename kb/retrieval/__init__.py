"""Finding the article that answers a query, and knowing when there is none."""

import os

# Read when onnxruntime is loaded, which is always after this. Without it the runtime keeps a number of this device in
# the cache folder and reports its use to its makers: a network call, which this product does not make.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
