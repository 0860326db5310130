"""Measuring: suites, metrics and benchmarks that drive the same use cases as the service."""
