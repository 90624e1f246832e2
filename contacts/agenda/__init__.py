"""What stands in a calendar: the days that are shown, what lies in them, and where."""
