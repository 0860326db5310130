"""MinerU: its output, its API and its command."""
