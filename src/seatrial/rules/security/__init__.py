"""Security: what an attacker can do."""
