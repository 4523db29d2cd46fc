CREATE TABLE fund (
  code VARCHAR(20) NOT NULL,
  name TEXT NOT NULL,
  policy VARCHAR(20) NOT NULL,
  terms TEXT NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_fund PRIMARY KEY (id),
  CONSTRAINT fk_fund_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_fund_code UNIQUE (code)
)

CREATE INDEX ix_fund_home ON fund (home)

CREATE TABLE round (
  fund_id BIGINT NOT NULL,
  code VARCHAR(30) NOT NULL,
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  state VARCHAR(20) NOT NULL,
  version INTEGER NOT NULL,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  opens_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
  endorse_by TIMESTAMP WITH TIME ZONE NOT NULL,
  panel_by TIMESTAMP WITH TIME ZONE NOT NULL,
  decide_by TIMESTAMP WITH TIME ZONE NOT NULL,
  report_by TIMESTAMP WITH TIME ZONE NOT NULL,
  grace_days INTEGER NOT NULL,
  offer_days INTEGER NOT NULL,
  release_minutes INTEGER NOT NULL,
  publish_at TIMESTAMP WITH TIME ZONE,
  budget_pence BIGINT NOT NULL,
  min_pence BIGINT NOT NULL,
  max_pence BIGINT NOT NULL,
  reviews_needed INTEGER NOT NULL,
  disagreement_limit INTEGER NOT NULL,
  rubric TEXT NOT NULL,
  reasons TEXT NOT NULL,
  signatories TEXT,
  blind BOOLEAN NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_round PRIMARY KEY (id),
  CONSTRAINT ck_round_closes_after_opening CHECK (closes_at > opens_at),
  CONSTRAINT ck_round_budget CHECK (budget_pence > 0),
  CONSTRAINT ck_round_limits CHECK (min_pence > 0 AND max_pence >= min_pence),
  CONSTRAINT fk_round_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_round_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT uq_round_code UNIQUE (code)
)

CREATE INDEX ix_round_fund_id ON round (fund_id)

CREATE INDEX ix_round_home ON round (home)

CREATE INDEX ix_round_state ON round (state)

CREATE TABLE form_version (
  round_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  questions TEXT NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_form_version PRIMARY KEY (id),
  CONSTRAINT uq_form_version_round_id_number UNIQUE (round_id, number),
  CONSTRAINT fk_form_version_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_form_version_round_id FOREIGN KEY(round_id) REFERENCES round (id)
)

CREATE INDEX ix_form_version_home ON form_version (home)
