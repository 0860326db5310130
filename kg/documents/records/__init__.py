"""Reading files of many records: JSON, XML of PubMed, EndNote and Dublin Core, and tagged text."""
