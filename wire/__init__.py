"""What travels between people, systems and pipeline, and how: one call, one reply, two transports."""
