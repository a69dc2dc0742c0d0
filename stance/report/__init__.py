"""What readers get: the HTML report, the terminal table, and the files."""
