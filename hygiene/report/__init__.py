"""Reports: one run for people (text, HTML, GitHub, notebook) and as one JSON object for machines."""
