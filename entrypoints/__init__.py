"""Who asks: the web site, the command line and the mail worker, and what wires them to the core."""
