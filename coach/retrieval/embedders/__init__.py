"""Texts to unit vectors: the local model, OpenAI-compatible endpoints, and the cache before both."""
