"""Grading: each submitted notebook replayed in a sandbox, each task judged from beside it."""
