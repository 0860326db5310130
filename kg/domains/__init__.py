"""Bundled domains: each a folder with a ``domain.yaml`` and the files of its subject beside it."""
