"""One file for each change of a picture; the shelf fills itself from them."""
