"""What is said of a row by a schema, a rule of the user's, or a flag of its address: masks out.

Flags are notes: an address of a role, free, disposable, mistyped, of mixed script. A row is withheld for one
only where the user asks to review it, and a suggestion is never followed unasked. Nothing here asks DNS.
"""
