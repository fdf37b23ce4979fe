"""Tests of the crawler: the wire engine, its guard, and the manners above it."""
