"""The product beside what else there is: other systems over the same texts and vectors, measured in the same run."""
