"""Scorers: from right answers and outcomes to numbers with intervals. Pure functions, no I/O.

The hash of this package is part of every run, so that a changed scorer cannot be compared with an old baseline.
"""
