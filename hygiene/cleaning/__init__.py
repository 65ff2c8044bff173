"""Cleaning: a verdict and reasons for every row, in two movements, each chunk by chunk.

`survey` gathers what a verdict needs from the whole input, `decide` gives each chunk its verdicts, `result` is
what both together answer. Nothing here opens a file, or asks the network but through the resolver it is handed.
"""
