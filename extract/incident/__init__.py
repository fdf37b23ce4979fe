"""Incident records in the forms in which people publish them, read into one value."""
