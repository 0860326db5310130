"""Alembic migrations of the operational state; run when it is opened."""
