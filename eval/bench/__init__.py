"""Speed against a limit, measured in the same run."""
