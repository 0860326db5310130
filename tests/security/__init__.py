"""Attacks on the service: each is measured against the limit that it must hold."""
