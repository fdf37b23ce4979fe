"""What was sent over the wire, byte for byte, and the nouns that every room above shares."""
