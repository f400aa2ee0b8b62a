"""A clean machine for each test."""

from clean_machine import clean_machine, run_netns

__all__ = ["clean_machine", "run_netns"]
