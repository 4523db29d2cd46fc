"""Files that bring bids in: what their columns mean, and what is wrong with them."""
