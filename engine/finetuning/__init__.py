"""ConvLSTMs trained further on the operator's own data, with plain onnxruntime: examples, training, judgement."""
