"""Where people stand: commands, settings, progress, and the order of the work."""
