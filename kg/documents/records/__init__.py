"""Reading files of many records: JSON, XML of PubMed and EndNote, and tagged text."""
