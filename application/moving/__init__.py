"""Moving a community from one storage to another, through a file that belongs to neither."""
