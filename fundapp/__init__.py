"""The Communities Fund: bids, endorsements, reviews, awards and the record that proves them."""

import os

# Read by numpy's and scipy's linear algebra when they are first loaded. Its threads wait by spinning: where other processes want
# the cores too, as beside a web server they do, a factorisation of milliseconds took tenths of a second. One thread is also the
# same sum in the same order each time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
