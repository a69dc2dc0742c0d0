"""Who can take a stance: the registry of actors, their names in a text, and the resolver of sources."""
