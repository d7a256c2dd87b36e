"""Sign-offs: the records below `.seatrial/signoffs`, who may sign them, and what they need not cover."""
