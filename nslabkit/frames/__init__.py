"""Ethernet frames: their bytes as fields, their kinds, and their words."""
