"""Resources: what is opened and never given back."""
