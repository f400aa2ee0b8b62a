"""The machine that a notebook's kernel lives in: a sandbox of namespaces, or User-mode Linux."""
