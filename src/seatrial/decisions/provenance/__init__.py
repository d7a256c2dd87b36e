"""Who wrote what: the marks that tools and people leave, read into origins of lines and symbols."""
