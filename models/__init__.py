"""Learned models behind LangChain's interfaces, with the weights they run on."""
