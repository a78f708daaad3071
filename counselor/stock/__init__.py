"""How many packages a store has, every change with its reason, and the files of the point of sale."""
