"""The parts of the soak: what is asked, who asks, the server under them, and what is kept of it all."""
