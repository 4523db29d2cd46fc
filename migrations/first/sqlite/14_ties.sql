CREATE TABLE person_mark (
  person_id INTEGER NOT NULL,
  "key" VARCHAR(120) NOT NULL,
  why VARCHAR(14) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_person_mark_person_id_key_why UNIQUE (person_id, "key", why),
  CONSTRAINT fk_person_mark_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_person_mark_key ON person_mark ("key")

CREATE TABLE tie (
  person_id INTEGER NOT NULL,
  "key" VARCHAR(120) NOT NULL,
  why VARCHAR(10) NOT NULL,
  words TEXT NOT NULL,
  declared_at VARCHAR(27) NOT NULL,
  ended_at VARCHAR(27),
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_tie_person_id_key_declared_at UNIQUE (person_id, "key", declared_at),
  CONSTRAINT ck_tie_why CHECK (why IN ('lives', 'member', 'knows', 'works', 'belongs', 'gives', 'other')),
  CONSTRAINT fk_tie_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_tie_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_tie_home ON tie (home)

CREATE TABLE bid_mark (
  bid_id INTEGER NOT NULL,
  "key" VARCHAR(120) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_bid_mark_bid_id_key UNIQUE (bid_id, "key"),
  CONSTRAINT fk_bid_mark_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_bid_mark_key ON bid_mark ("key")
