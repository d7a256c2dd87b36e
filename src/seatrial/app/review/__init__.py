"""The review room: what a person must do before they can sign, and what is kept from them until they have."""
