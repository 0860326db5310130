"""DOCX, the format of Word."""
