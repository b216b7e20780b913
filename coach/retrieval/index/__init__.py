"""The Chroma index of one company, and search in it."""
