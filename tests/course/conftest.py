"""A clean machine for each test."""

import sys
from pathlib import Path

from clean_machine import clean_machine, pair, run_netns

__all__ = ["clean_machine", "pair", "run_netns"]

sys.path.insert(0, str(Path(__file__).parent / "tasks"))  # test folders are not packages
