"""Fields: what a name, a company, a phone number, a place or a link says, and how it is written.

Passes over whole columns: texts in, texts and the rule that changed each out. What is not certain is left alone.
Nothing here chooses a column or judges an address.
"""
