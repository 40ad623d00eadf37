"""Storage in the memory of one process. It can run the whole site. Its data is lost when the process ends."""
