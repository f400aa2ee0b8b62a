"""The classroom: who in a class is stuck?

Opt-in: ``nslabkit lab --class DIR`` puts one small file per participant into a folder that only
the instructor's group can read, and ``nslabkit class DIR`` shows them as a table.
"""

from nslabkit.classroom.class_folder import ENVIRONMENT, Membership, join

__all__ = ["ENVIRONMENT", "Membership", "join"]
