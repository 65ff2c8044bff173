"""Columnar files from anywhere: their columns as text, and Arrow's own format decoded by a process that may die of it.

Only pyarrow is imported here, so that the process starts soon.
"""
