"""A clean machine for each test."""

from clean_machine import clean_machine, pair, run_netns

__all__ = ["clean_machine", "pair", "run_netns"]
