"""The alerts' own words, a file for each language: constants and functions of the same names in each."""
