"""The API's counting: simulated, bounded by what is not known, learned by probing, explained where it differs.

A simulation of the API, not of us: nothing here reads verdicts, opens a file or touches the network.
"""
