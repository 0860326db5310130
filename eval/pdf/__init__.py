"""How well PDF files are read: hand-written tests in the format of olmOCR-bench."""
