"""A company's folder of purpose, exemplars and prose: reading, validation, digests."""
