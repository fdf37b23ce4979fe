"""The only door to the network: polite, guarded, and every byte kept."""
