"""Sign-offs: the records below `.seatrial/signoffs`, who may sign them, and what was there before they were asked for."""
