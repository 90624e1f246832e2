"""Which product a customer may want next: learnt from what customers bought together. Arrays in, arrays out."""
