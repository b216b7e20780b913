"""The nouns of the product as frozen types, with no behaviour that needs I/O."""
