"""The doctor: can this machine run the lessons, and if not, what helps and who must do it?

`doctor` tries: it makes a sandbox and in it what the lessons make.
"""

from nslabkit.doctor.examination import Examination, doctor

__all__ = ["Examination", "doctor"]
