"""The nouns of every stage: frozen values without input or output."""
