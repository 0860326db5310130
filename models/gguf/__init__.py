"""The embedded chat model: a GGUF file, prepared once for OpenVINO and run in a process of its own."""
