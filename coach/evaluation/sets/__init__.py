"""Eval sets: what a case is, and reading and checking the files that hold them."""
