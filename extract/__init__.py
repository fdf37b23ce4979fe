"""Bytes become words, in processes that may be killed."""
