"""How likely an open deal is to be won, learnt from closed ones. Arrays in, arrays out."""
