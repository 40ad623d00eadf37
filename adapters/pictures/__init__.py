"""The stores of the files of pictures: a folder, and a bucket."""
