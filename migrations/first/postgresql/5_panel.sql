CREATE TABLE assignment (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  assigned_by BIGINT,
  assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_assignment PRIMARY KEY (id),
  CONSTRAINT uq_assignment_bid_id_person_id UNIQUE (bid_id, person_id),
  CONSTRAINT fk_assignment_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_assignment_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_assignment_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_assignment_assigned_by FOREIGN KEY(assigned_by) REFERENCES person (id)
)

CREATE INDEX ix_assignment_home ON assignment (home)

CREATE INDEX ix_assignment_person_id ON assignment (person_id)

CREATE TABLE decision (
  bid_id BIGINT NOT NULL,
  round_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  outcome VARCHAR(8) NOT NULL,
  amount_pence INTEGER NOT NULL,
  conditions TEXT NOT NULL,
  feedback TEXT NOT NULL,
  decided_by BIGINT NOT NULL,
  decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
  moderated BOOLEAN NOT NULL,
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
  CONSTRAINT fk_decision_decided_by FOREIGN KEY(decided_by) REFERENCES person (id)
)

CREATE INDEX ix_decision_home ON decision (home)

CREATE INDEX ix_decision_round_id ON decision (round_id)

CREATE TABLE interest (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  reason TEXT NOT NULL,
  declared_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_interest PRIMARY KEY (id),
  CONSTRAINT uq_interest_bid_id_person_id UNIQUE (bid_id, person_id),
  CONSTRAINT fk_interest_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_interest_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_interest_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_interest_home ON interest (home)

CREATE INDEX ix_interest_person_id ON interest (person_id)

CREATE TABLE review (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  bid_version_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  comment TEXT NOT NULL,
  note TEXT NOT NULL,
  total INTEGER NOT NULL,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_review PRIMARY KEY (id),
  CONSTRAINT uq_review_bid_id_person_id_number UNIQUE (bid_id, person_id, number),
  CONSTRAINT fk_review_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_review_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_review_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_review_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id)
)

CREATE INDEX ix_review_home ON review (home)

CREATE INDEX ix_review_person_id ON review (person_id)

CREATE TABLE score (
  review_id BIGINT NOT NULL,
  bid_id BIGINT NOT NULL,
  criterion VARCHAR(40) NOT NULL,
  value INTEGER NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_score PRIMARY KEY (id),
  CONSTRAINT uq_score_review_id_criterion UNIQUE (review_id, criterion),
  CONSTRAINT ck_score_value CHECK (value BETWEEN 0 AND 5),
  CONSTRAINT fk_score_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_score_review_id FOREIGN KEY(review_id) REFERENCES review (id),
  CONSTRAINT fk_score_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_score_bid_id ON score (bid_id)

CREATE INDEX ix_score_home ON score (home)
