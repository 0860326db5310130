"""Runs of answers: started, followed, stored and replayed."""
