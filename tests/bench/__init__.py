"""Benches: ratios of a piece of the program to a floor measured in the same run. `make bench` runs them all."""
