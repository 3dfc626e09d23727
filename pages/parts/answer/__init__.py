"""An answer on screen, shared by Home, Classify, Explain and Teach: what it is, how far to believe it, the picture."""
