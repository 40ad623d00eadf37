"""Making pictures: which format a file has, reading it, writing it anew, and all of that in a child process."""
