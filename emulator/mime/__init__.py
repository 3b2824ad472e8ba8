"""Messages: composed, read, rewritten for delivery, and searched."""
