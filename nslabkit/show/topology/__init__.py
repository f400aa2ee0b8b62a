"""The live picture of the network: how it looks now, and how it changes.

`topology` is a live picture that follows the kernel whoever changes something, and in which
things can be done by clicks.  The page's part of it is written in ``frontend/topology`` and
shipped as ``topology.js`` and ``topology.css``.
"""

from __future__ import annotations

from nslabkit.show.topology.topology_widget import Topology, topology

__all__ = ["Topology", "topology"]
