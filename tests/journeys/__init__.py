"""Whole trips through the program, as a user makes them, over a loopback web."""
