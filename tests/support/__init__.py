"""What the tests share: databases, servers and clients."""
