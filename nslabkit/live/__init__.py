"""What is there now, and what has just changed?  Whoever changed it, and while a cell runs, too.

`model` is the shape in which it is told, `reading` asks the kernel, `watcher` keeps the answer
current, `difference` compares two of them.
"""
