"""A room with a kind of record of its own, as a desk brings one: the file of the kind, a line of models, rows of a pack."""
