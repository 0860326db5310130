"""Use cases, operational state, settings, the HTTP service and the command line."""
