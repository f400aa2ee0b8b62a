"""Taps on links: how frames get from the kernel into a recording without one being missed."""
