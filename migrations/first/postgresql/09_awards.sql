CREATE TABLE payment_run (
  fund_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  made_by BIGINT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  payer_id BIGINT,
  pay_on DATE,
  payments INTEGER NOT NULL,
  total_pence BIGINT NOT NULL,
  lines TEXT NOT NULL,
  sha256 VARCHAR(64),
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_payment_run PRIMARY KEY (id),
  CONSTRAINT uq_payment_run_fund_id_number UNIQUE (fund_id, number),
  CONSTRAINT fk_payment_run_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_payment_run_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_payment_run_made_by FOREIGN KEY(made_by) REFERENCES person (id),
  CONSTRAINT fk_payment_run_payer_id FOREIGN KEY(payer_id) REFERENCES payer (id)
)

CREATE INDEX ix_payment_run_home ON payment_run (home)

CREATE TABLE award (
  bid_id BIGINT NOT NULL,
  round_id BIGINT NOT NULL,
  state VARCHAR(12) NOT NULL,
  version INTEGER NOT NULL,
  amount_pence INTEGER NOT NULL,
  conditions TEXT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  offer_until TIMESTAMP WITH TIME ZONE NOT NULL,
  accepted_at TIMESTAMP WITH TIME ZONE,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_award PRIMARY KEY (id),
  CONSTRAINT ck_award_amount CHECK (amount_pence > 0),
  CONSTRAINT fk_award_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_award_bid_id UNIQUE (bid_id),
  CONSTRAINT fk_award_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_award_round_id FOREIGN KEY(round_id) REFERENCES round (id)
)

CREATE INDEX ix_award_home ON award (home)

CREATE INDEX ix_award_round_id ON award (round_id)

CREATE INDEX ix_award_state ON award (state)

CREATE TABLE cancellation (
  bid_id BIGINT NOT NULL,
  asked_by BIGINT NOT NULL,
  reason TEXT NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  confirmed_by BIGINT,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  owed_back_pence INTEGER,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_cancellation PRIMARY KEY (id),
  CONSTRAINT fk_cancellation_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_cancellation_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_cancellation_asked_by FOREIGN KEY(asked_by) REFERENCES person (id),
  CONSTRAINT fk_cancellation_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id)
)

CREATE INDEX ix_cancellation_bid_id ON cancellation (bid_id)

CREATE INDEX ix_cancellation_home ON cancellation (home)

CREATE TABLE payment (
  bid_id BIGINT NOT NULL,
  award_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  state VARCHAR(12) NOT NULL,
  version INTEGER NOT NULL,
  amount_pence INTEGER NOT NULL,
  due_on DATE NOT NULL,
  milestone VARCHAR(8) NOT NULL,
  needs TEXT NOT NULL,
  scheduled_by BIGINT NOT NULL,
  approved_by BIGINT,
  payee_id BIGINT,
  run_id BIGINT,
  sent_at TIMESTAMP WITH TIME ZONE,
  paid_on DATE,
  failure TEXT,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_payment PRIMARY KEY (id),
  CONSTRAINT uq_payment_award_id_number UNIQUE (award_id, number),
  CONSTRAINT ck_payment_amount CHECK (amount_pence > 0),
  CONSTRAINT ck_payment_milestone CHECK (milestone IN ('', 'report')),
  CONSTRAINT fk_payment_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_payment_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_payment_award_id FOREIGN KEY(award_id) REFERENCES award (id),
  CONSTRAINT fk_payment_scheduled_by FOREIGN KEY(scheduled_by) REFERENCES person (id),
  CONSTRAINT fk_payment_approved_by FOREIGN KEY(approved_by) REFERENCES person (id),
  CONSTRAINT fk_payment_payee_id FOREIGN KEY(payee_id) REFERENCES payee (id),
  CONSTRAINT fk_payment_run_id FOREIGN KEY(run_id) REFERENCES payment_run (id)
)

CREATE INDEX ix_payment_bid_id ON payment (bid_id)

CREATE INDEX ix_payment_home ON payment (home)

CREATE INDEX ix_payment_state_due ON payment (state, due_on)

CREATE TABLE report (
  bid_id BIGINT NOT NULL,
  award_id BIGINT NOT NULL,
  state VARCHAR(12) NOT NULL,
  version INTEGER NOT NULL,
  due_on DATE NOT NULL,
  story TEXT NOT NULL,
  learned TEXT NOT NULL,
  people_reached INTEGER,
  spent_pence INTEGER,
  consent BOOLEAN NOT NULL,
  filed_by BIGINT,
  filed_at TIMESTAMP WITH TIME ZONE,
  accepted_by BIGINT,
  accepted_at TIMESTAMP WITH TIME ZONE,
  returned_reason TEXT,
  since TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_report PRIMARY KEY (id),
  CONSTRAINT fk_report_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_report_bid_id UNIQUE (bid_id),
  CONSTRAINT fk_report_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_report_award_id FOREIGN KEY(award_id) REFERENCES award (id),
  CONSTRAINT fk_report_filed_by FOREIGN KEY(filed_by) REFERENCES person (id),
  CONSTRAINT fk_report_accepted_by FOREIGN KEY(accepted_by) REFERENCES person (id)
)

CREATE INDEX ix_report_home ON report (home)

CREATE INDEX ix_report_state ON report (state)

CREATE TABLE variation (
  bid_id BIGINT NOT NULL,
  award_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  amount_pence INTEGER NOT NULL,
  conditions TEXT NOT NULL,
  starts_on DATE,
  ends_on DATE,
  reason TEXT NOT NULL,
  proposed_by BIGINT NOT NULL,
  proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  outcome VARCHAR(12),
  ended_at TIMESTAMP WITH TIME ZONE,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_variation PRIMARY KEY (id),
  CONSTRAINT uq_variation_award_id_number UNIQUE (award_id, number),
  CONSTRAINT ck_variation_amount CHECK (amount_pence > 0),
  CONSTRAINT ck_variation_outcome CHECK (outcome IN ('agreed', 'kept', 'taken_back', 'dropped')),
  CONSTRAINT fk_variation_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_variation_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_variation_award_id FOREIGN KEY(award_id) REFERENCES award (id),
  CONSTRAINT fk_variation_proposed_by FOREIGN KEY(proposed_by) REFERENCES person (id)
)

CREATE INDEX ix_variation_bid_id ON variation (bid_id)

CREATE INDEX ix_variation_home ON variation (home)

CREATE TABLE award_answer (
  bid_id BIGINT NOT NULL,
  award_id BIGINT NOT NULL,
  letter_id BIGINT,
  variation_id BIGINT,
  person_id BIGINT NOT NULL,
  answer VARCHAR(8) NOT NULL,
  name_typed TEXT NOT NULL,
  terms_sha256 VARCHAR(64),
  recipient VARCHAR(16),
  reason TEXT NOT NULL,
  answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_award_answer PRIMARY KEY (id),
  CONSTRAINT ck_award_answer_answer CHECK (answer IN ('accept', 'refuse', 'vary', 'keep')),
  CONSTRAINT fk_award_answer_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_award_answer_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_award_answer_award_id FOREIGN KEY(award_id) REFERENCES award (id),
  CONSTRAINT fk_award_answer_letter_id FOREIGN KEY(letter_id) REFERENCES letter (id),
  CONSTRAINT fk_award_answer_variation_id FOREIGN KEY(variation_id) REFERENCES variation (id),
  CONSTRAINT fk_award_answer_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_award_answer_bid_id ON award_answer (bid_id)

CREATE INDEX ix_award_answer_home ON award_answer (home)
