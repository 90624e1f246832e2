"""The report of sales: what was won, by whom, on which way, and what slipped. Every number is the sum of a list."""
