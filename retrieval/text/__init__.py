"""Text as search words, and the bilingual glossary."""
