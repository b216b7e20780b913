"""Evaluation: eval sets, the runner, scorers and statistics, gates and reports.

The path of a run: `sets` reads and checks the cases -> `run` asks the judge -> `scores` computes numbers with
intervals -> `gate`, `compare` and `report` say what they mean.
"""
