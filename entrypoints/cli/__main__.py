"""`python -m entrypoints.cli`: the same as `chapbook`."""

from entrypoints.cli import main

if __name__ == "__main__":
    main()
