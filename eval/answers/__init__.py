"""Suites of questions whose answers are measured."""
