"""Ways to use seatrial. Each parses what it is asked, calls one use case of `app`, and renders the answer."""
