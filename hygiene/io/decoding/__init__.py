"""Decoding by processes of their own, as a damaged file may end them, and what these share with readers.

No more is imported here than a format needs, so that such a process starts soon.
"""
