CREATE TABLE data_key (
  key_id VARCHAR(16) NOT NULL,
  wrapped TEXT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_data_key PRIMARY KEY (id)
)

CREATE INDEX ix_data_key_key_id ON data_key (key_id)

CREATE TABLE payer (
  fund_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  holder_name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  account_ends VARCHAR(4) NOT NULL,
  data_key_id BIGINT NOT NULL,
  set_by BIGINT NOT NULL,
  set_at TIMESTAMP WITH TIME ZONE NOT NULL,
  confirmed_by BIGINT,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_payer PRIMARY KEY (id),
  CONSTRAINT uq_payer_fund_id_number UNIQUE (fund_id, number),
  CONSTRAINT fk_payer_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_payer_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_payer_data_key_id FOREIGN KEY(data_key_id) REFERENCES data_key (id),
  CONSTRAINT fk_payer_set_by FOREIGN KEY(set_by) REFERENCES person (id),
  CONSTRAINT fk_payer_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id)
)

CREATE INDEX ix_payer_home ON payer (home)

CREATE TABLE payee (
  bid_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  state VARCHAR(12) NOT NULL,
  version INTEGER NOT NULL,
  holder_name TEXT NOT NULL,
  kind VARCHAR(8) NOT NULL,
  sealed TEXT NOT NULL,
  account_ends VARCHAR(4) NOT NULL,
  data_key_id BIGINT NOT NULL,
  checked VARCHAR(8) NOT NULL,
  given_by BIGINT NOT NULL,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  cools_until TIMESTAMP WITH TIME ZONE,
  confirmed_by BIGINT,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  bank_answer VARCHAR(12),
  bank_answer_by BIGINT,
  vouched_by BIGINT,
  vouched_why TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_sure TEXT NOT NULL,
  refused_why TEXT NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_payee PRIMARY KEY (id),
  CONSTRAINT uq_payee_bid_id_number UNIQUE (bid_id, number),
  CONSTRAINT ck_payee_kind CHECK (kind IN ('business', 'personal')),
  CONSTRAINT ck_payee_checked CHECK (checked IN ('passes', 'fails', 'unknown')),
  CONSTRAINT ck_payee_bank_answer CHECK (bank_answer IN ('match', 'close', 'no_match', 'unavailable')),
  CONSTRAINT fk_payee_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_payee_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_payee_data_key_id FOREIGN KEY(data_key_id) REFERENCES data_key (id),
  CONSTRAINT fk_payee_given_by FOREIGN KEY(given_by) REFERENCES person (id),
  CONSTRAINT fk_payee_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id),
  CONSTRAINT fk_payee_bank_answer_by FOREIGN KEY(bank_answer_by) REFERENCES person (id),
  CONSTRAINT fk_payee_vouched_by FOREIGN KEY(vouched_by) REFERENCES person (id)
)

CREATE INDEX ix_payee_bid_id ON payee (bid_id)

CREATE INDEX ix_payee_home ON payee (home)

CREATE INDEX ix_payee_state ON payee (state)
