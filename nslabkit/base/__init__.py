"""What every other package of the kit may use, and nothing of the kit's own above it."""
