"""Mails: what they say, how they are put together, and the letterboxes that take them."""
