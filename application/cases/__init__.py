"""Reports, and the cases that moderators settle."""
