"""The heart: find the moments of a call, judge them against a purpose, and let no unverified word through.

The path of one call is in `pipeline`: moments -> retrieval -> judge -> evidence gate -> score and summary.
"""
