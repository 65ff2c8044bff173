"""Reports: one run as text for people and as one JSON object for machines."""
