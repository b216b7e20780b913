"""The `coach` command: one file a command, wired together in `main`.

Every command imports what it needs when it runs, so that `coach --help` answers at once.
"""
