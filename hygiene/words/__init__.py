"""Words: tables of what names are made of, each with its source, and what they make of a text.

Knowledge about the world, for the rooms that choose columns and write cells. Nothing here changes a cell.
"""
