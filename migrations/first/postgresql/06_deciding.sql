CREATE TABLE minutes_paper (
  round_id BIGINT NOT NULL,
  tells VARCHAR(64) NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  sha256 VARCHAR(64),
  size INTEGER,
  made_at TIMESTAMP WITH TIME ZONE,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_minutes_paper PRIMARY KEY (id),
  CONSTRAINT fk_minutes_paper_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT uq_minutes_paper_tells UNIQUE (tells)
)

CREATE INDEX ix_minutes_paper_round_id ON minutes_paper (round_id)

CREATE TABLE sitting (
  round_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  held_at TIMESTAMP WITH TIME ZONE NOT NULL,
  place TEXT NOT NULL,
  present TEXT NOT NULL,
  left_for TEXT NOT NULL,
  words TEXT NOT NULL,
  recorded_by BIGINT NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_sitting PRIMARY KEY (id),
  CONSTRAINT uq_sitting_round_id_number UNIQUE (round_id, number),
  CONSTRAINT fk_sitting_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_sitting_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_sitting_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id)
)

CREATE INDEX ix_sitting_home ON sitting (home)

CREATE TABLE suggestion (
  round_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  terms TEXT NOT NULL,
  result TEXT NOT NULL,
  made_by BIGINT,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_suggestion PRIMARY KEY (id),
  CONSTRAINT uq_suggestion_round_id_number UNIQUE (round_id, number),
  CONSTRAINT fk_suggestion_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_suggestion_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_suggestion_made_by FOREIGN KEY(made_by) REFERENCES person (id)
)

CREATE INDEX ix_suggestion_home ON suggestion (home)

CREATE TABLE decision (
  bid_id BIGINT NOT NULL,
  round_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  outcome VARCHAR(8) NOT NULL,
  amount_pence INTEGER NOT NULL,
  conditions TEXT NOT NULL,
  feedback TEXT NOT NULL,
  reason TEXT NOT NULL,
  suggestion_id BIGINT,
  decided_by BIGINT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_decision PRIMARY KEY (id),
  CONSTRAINT ck_decision_outcome CHECK (outcome IN ('award', 'decline')),
  CONSTRAINT ck_decision_amount CHECK ((outcome = 'award') = (amount_pence > 0)),
  CONSTRAINT fk_decision_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_decision_bid_id UNIQUE (bid_id),
  CONSTRAINT fk_decision_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_decision_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_decision_suggestion_id FOREIGN KEY(suggestion_id) REFERENCES suggestion (id),
  CONSTRAINT fk_decision_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
)

CREATE INDEX ix_decision_home ON decision (home)

CREATE INDEX ix_decision_round_id ON decision (round_id)

CREATE TABLE moderation (
  bid_id BIGINT NOT NULL,
  spread INTEGER NOT NULL,
  opened_by BIGINT NOT NULL,
  opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closed_by BIGINT,
  closed_at TIMESTAMP WITH TIME ZONE,
  words TEXT NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_moderation PRIMARY KEY (id),
  CONSTRAINT ck_moderation_closed CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
  CONSTRAINT fk_moderation_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_moderation_bid_id UNIQUE (bid_id),
  CONSTRAINT fk_moderation_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_moderation_opened_by FOREIGN KEY(opened_by) REFERENCES person (id),
  CONSTRAINT fk_moderation_closed_by FOREIGN KEY(closed_by) REFERENCES person (id)
)

CREATE INDEX ix_moderation_home ON moderation (home)
