"""A clean machine for each test, and the chapter's topology without IPv6."""

from clean_machine import clean_machine, quiet_pair, run_netns

__all__ = ["clean_machine", "quiet_pair", "run_netns"]
