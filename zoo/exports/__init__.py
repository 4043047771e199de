"""A trained network as one HTML file that computes it in the browser, or as ONNX."""
