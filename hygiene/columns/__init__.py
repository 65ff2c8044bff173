"""Leads as columns, and what a column means: canonical names, opt-out marks, a verifier's verdicts, dates.

Columns in, meanings out; nothing here opens a file or judges an address.
"""
