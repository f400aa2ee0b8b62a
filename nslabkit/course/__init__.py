"""The course: lessons and their execution, checks, claims, faults, progress."""
