"""The HTTP service: routes, access, problems, the page."""
