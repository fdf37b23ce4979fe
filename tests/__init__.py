"""Tests: journeys, golden pages, properties and faults, all on the loopback network."""
