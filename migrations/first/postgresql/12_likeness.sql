CREATE TABLE likeness (
  bid_id BIGINT NOT NULL,
  kind VARCHAR(10) NOT NULL,
  mark VARCHAR(32) NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_likeness PRIMARY KEY (id),
  CONSTRAINT uq_likeness_kind_mark_bid_id UNIQUE (kind, mark, bid_id),
  CONSTRAINT fk_likeness_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_likeness_bid_id ON likeness (bid_id)

CREATE TABLE likeness_looked (
  low_id BIGINT NOT NULL,
  high_id BIGINT NOT NULL,
  note TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_likeness_looked PRIMARY KEY (id),
  CONSTRAINT uq_likeness_looked_low_id_high_id UNIQUE (low_id, high_id),
  CONSTRAINT ck_likeness_looked_ordered CHECK (low_id < high_id),
  CONSTRAINT fk_likeness_looked_low_id FOREIGN KEY(low_id) REFERENCES bid (id),
  CONSTRAINT fk_likeness_looked_high_id FOREIGN KEY(high_id) REFERENCES bid (id),
  CONSTRAINT fk_likeness_looked_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_likeness_looked_high_id ON likeness_looked (high_id)
