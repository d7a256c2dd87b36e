"""Dependencies: what the program rests on."""
