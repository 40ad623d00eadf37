"""Storage in the memory of one process: a real adapter (it runs the whole site), gone when the process ends."""
