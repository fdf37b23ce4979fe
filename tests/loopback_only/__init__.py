"""The guard that keeps tests on the loopback network."""
