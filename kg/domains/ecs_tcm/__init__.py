"""The subject of the brain's extracellular space and Chinese medicine: its files and the builder of its sample."""
