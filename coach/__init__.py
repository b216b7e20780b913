"""Purpose coach: finds the moments where the script ran out and judges them against a company's purpose."""

__version__ = "0.1.0"
