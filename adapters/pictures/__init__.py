"""Pictures: the format of a file, reading it and writing it anew in a child process, and the stores of the files."""
