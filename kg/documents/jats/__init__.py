"""Reading JATS XML, the journals' format."""
