"""An oracle: what README.md and docs/ say must come of small made-up lists of leads, written from them alone.

It is plain, slow and obvious, and shares no code with the package, so that where the two differ one of them, or a
page, is wrong. `world` draws leads and options, `mail` judges domains, `verdicts` rows, `counting` the API's numbers.
"""
