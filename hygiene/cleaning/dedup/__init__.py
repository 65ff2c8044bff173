"""Duplicates: which rows are the same lead, which of them stays, and what it takes from the others.

Keys are held as hashes of fixed width, in partitions that fit in memory, never as texts.
"""
