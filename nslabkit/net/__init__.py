"""Namespaces, links, addresses, routes, neighbours, bridges: read from the kernel, and changed."""
