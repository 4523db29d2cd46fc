"""Letters on paper: an award's and a declined bid's, as tagged PDF; handed rows, never requests."""
