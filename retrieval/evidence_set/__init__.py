"""Choosing passages as a set: each next one by what it adds to those chosen before it."""
