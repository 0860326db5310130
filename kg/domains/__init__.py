"""Bundled domains: each a folder with one ``domain.yaml``."""
