"""The second room of the house: takes a stored statement and leaves a message on somebody's phone."""
