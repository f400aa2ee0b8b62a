"""Words for commands and their output: ``%%explain`` and ``lab.explain``."""
