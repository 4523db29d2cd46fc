CREATE TABLE wording (
  fund_id BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  number INTEGER NOT NULL,
  texts TEXT NOT NULL,
  made_by BIGINT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_wording PRIMARY KEY (id),
  CONSTRAINT uq_wording_fund_id_kind_number UNIQUE (fund_id, kind, number),
  CONSTRAINT ck_wording_kind CHECK (kind IN ('award', 'feedback', 'acceptance')),
  CONSTRAINT fk_wording_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_wording_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_wording_made_by FOREIGN KEY(made_by) REFERENCES person (id)
)

CREATE INDEX ix_wording_home ON wording (home)

CREATE TABLE letter_bundle (
  round_id BIGINT NOT NULL,
  kind VARCHAR(8) NOT NULL,
  tells VARCHAR(64) NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sha256 VARCHAR(64),
  size INTEGER,
  made_at TIMESTAMP WITH TIME ZONE,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_letter_bundle PRIMARY KEY (id),
  CONSTRAINT ck_letter_bundle_kind CHECK (kind IN ('zip', 'print')),
  CONSTRAINT fk_letter_bundle_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT uq_letter_bundle_tells UNIQUE (tells)
)

CREATE INDEX ix_letter_bundle_round_id ON letter_bundle (round_id)

CREATE TABLE letter (
  bid_id BIGINT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  number INTEGER NOT NULL,
  facts TEXT NOT NULL,
  wording_id BIGINT,
  replaces_id BIGINT,
  code VARCHAR(20),
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_letter PRIMARY KEY (id),
  CONSTRAINT uq_letter_bid_id_kind_number UNIQUE (bid_id, kind, number),
  CONSTRAINT ck_letter_kind CHECK (kind IN ('award', 'feedback', 'acceptance')),
  CONSTRAINT fk_letter_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_letter_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_letter_wording_id FOREIGN KEY(wording_id) REFERENCES wording (id),
  CONSTRAINT fk_letter_replaces_id FOREIGN KEY(replaces_id) REFERENCES letter (id),
  CONSTRAINT uq_letter_code UNIQUE (code)
)

CREATE INDEX ix_letter_home ON letter (home)

CREATE TABLE letter_file (
  bid_id BIGINT NOT NULL,
  letter_id BIGINT NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  size INTEGER NOT NULL,
  signed_by VARCHAR(64),
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_letter_file PRIMARY KEY (id),
  CONSTRAINT fk_letter_file_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_letter_file_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT uq_letter_file_letter_id UNIQUE (letter_id),
  CONSTRAINT fk_letter_file_letter_id FOREIGN KEY(letter_id) REFERENCES letter (id)
)

CREATE INDEX ix_letter_file_home ON letter_file (home)

CREATE INDEX ix_letter_file_sha256 ON letter_file (sha256)
