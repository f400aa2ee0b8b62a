"""The workshop: a room of learners on one machine, each by a browser alone, behind one JupyterHub.

``nslabkit workshop start`` makes all that is needed in one folder, and ``remove`` undoes it.
"""
