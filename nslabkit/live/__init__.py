"""The live model: what exists now and what has just changed, even while a cell runs.

`model` is the shape in which it is told, `reading` asks the kernel, `watcher` keeps the answer
current, `difference` compares two of them.
"""
