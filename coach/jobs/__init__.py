"""Durable batches: many calls, judged once each, over any number of stops, kills and machines."""
