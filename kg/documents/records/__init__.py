"""Reading files of many records: JSON, PubMed XML and tagged text."""
