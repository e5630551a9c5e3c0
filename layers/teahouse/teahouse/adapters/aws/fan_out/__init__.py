"""How does one frame reach a thousand connections? Over many lines, in one thread."""
