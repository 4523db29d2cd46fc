CREATE TABLE outbox (
  name VARCHAR(40) NOT NULL,
  args TEXT NOT NULL,
  "key" VARCHAR(120) NOT NULL,
  bid_id INTEGER,
  created_at VARCHAR(27) NOT NULL,
  not_before VARCHAR(27) NOT NULL,
  attempts INTEGER NOT NULL,
  lease_owner VARCHAR(60),
  lease_until VARCHAR(27),
  done_at VARCHAR(27),
  failed_at VARCHAR(27),
  last_error TEXT,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_outbox_key UNIQUE ("key"),
  CONSTRAINT fk_outbox_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_outbox_bid_id ON outbox (bid_id)

CREATE INDEX ix_outbox_due ON outbox (not_before, id) WHERE done_at IS NULL AND failed_at IS NULL
