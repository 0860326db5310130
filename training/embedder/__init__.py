"""What the bundled embedder needs beside its weights to run in 8 bits."""
