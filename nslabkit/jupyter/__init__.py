"""Jupyter's side of the kit: servers, settings, kernelspecs, provisioner, magics."""
