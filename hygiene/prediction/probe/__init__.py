"""Probing: which of an API's counting rules its own answers tell, found out with made-up leads.

The sink is handed in; what it takes back afterwards is said in `runner`.
"""
