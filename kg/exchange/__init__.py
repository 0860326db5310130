"""Graphs of other programs, in and out."""
