"""What comes in from and goes out to other programs: one file for each form."""
