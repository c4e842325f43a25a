"""Networks from elsewhere: ONNX files read with every doubt, and made into model files."""
