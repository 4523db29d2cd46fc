"""Files for the treasurer's spreadsheet programs; handed rows, never requests."""
