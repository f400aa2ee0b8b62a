"""Linux network namespaces made visible: create, connect, ping and watch them from a notebook."""
