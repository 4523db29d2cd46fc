CREATE TABLE likeness (
  bid_id INTEGER NOT NULL,
  kind VARCHAR(10) NOT NULL,
  mark VARCHAR(32) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_likeness_kind_mark_bid_id UNIQUE (kind, mark, bid_id),
  CONSTRAINT fk_likeness_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_likeness_bid_id ON likeness (bid_id)

CREATE TABLE likeness_looked (
  low_id INTEGER NOT NULL,
  high_id INTEGER NOT NULL,
  note TEXT NOT NULL,
  person_id INTEGER NOT NULL,
  looked_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_likeness_looked_low_id_high_id UNIQUE (low_id, high_id),
  CONSTRAINT ck_likeness_looked_ordered CHECK (low_id < high_id),
  CONSTRAINT fk_likeness_looked_low_id FOREIGN KEY(low_id) REFERENCES bid (id),
  CONSTRAINT fk_likeness_looked_high_id FOREIGN KEY(high_id) REFERENCES bid (id),
  CONSTRAINT fk_likeness_looked_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_likeness_looked_high_id ON likeness_looked (high_id)
