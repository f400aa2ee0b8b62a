"""Courses for programs that grade: what of a lesson is graded, and in which form they take it."""

from __future__ import annotations

from nslabkit.course.assignments.nbgrader_course import Written, learners_variant, write

__all__ = ["Written", "learners_variant", "write"]
