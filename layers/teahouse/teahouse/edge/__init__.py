"""The seam between Lambda's events and the core: REST, sockets, logs, origin."""
