"""The Communities Fund: bids, endorsements, reviews, awards and the record that proves them."""
