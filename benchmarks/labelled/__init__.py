"""Labelled leads for `people.py`, and the programs that it is held against."""
