CREATE TABLE outbox (
  name VARCHAR(40) NOT NULL,
  args TEXT NOT NULL,
  key VARCHAR(120) NOT NULL,
  bid_id BIGINT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  not_before TIMESTAMP WITH TIME ZONE NOT NULL,
  attempts INTEGER NOT NULL,
  lease_owner VARCHAR(60),
  lease_until TIMESTAMP WITH TIME ZONE,
  done_at TIMESTAMP WITH TIME ZONE,
  failed_at TIMESTAMP WITH TIME ZONE,
  last_error TEXT,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_outbox PRIMARY KEY (id),
  CONSTRAINT uq_outbox_key UNIQUE (key),
  CONSTRAINT fk_outbox_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_outbox_bid_id ON outbox (bid_id)

CREATE INDEX ix_outbox_due ON outbox (not_before, id) WHERE done_at IS NULL AND failed_at IS NULL
