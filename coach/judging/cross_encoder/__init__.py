"""A small network that reads a clause of the purpose and a moment of a call together."""
