"""Benchmarks beside peers, the seeded site they run on, and the script that makes the sample documents."""
