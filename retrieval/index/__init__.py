"""The derived indexes: engines, snapshots and the builder."""
