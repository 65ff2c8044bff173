"""Columns of texts as Arrow arrays: reading their octets, hashing them, counting them, working on several at once.

Nothing here knows what a lead is.
"""
