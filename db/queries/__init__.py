"""The questions asked of the database; SQL lives here and nowhere else."""
