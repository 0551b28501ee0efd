"""`python -m rehearsal` is `rehearse`."""

from rehearsal.cli import main

if __name__ == "__main__":
    main()
