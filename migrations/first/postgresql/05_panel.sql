CREATE TABLE panel_seat (
  round_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  most INTEGER,
  themes TEXT NOT NULL,
  regions TEXT NOT NULL,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  left_at TIMESTAMP WITH TIME ZONE,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_panel_seat PRIMARY KEY (id),
  CONSTRAINT uq_panel_seat_round_id_person_id UNIQUE (round_id, person_id),
  CONSTRAINT ck_panel_seat_most CHECK (most IS NULL OR most >= 0),
  CONSTRAINT fk_panel_seat_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_panel_seat_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_panel_seat_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_panel_seat_home ON panel_seat (home)

CREATE INDEX ix_panel_seat_person_id ON panel_seat (person_id)

CREATE TABLE assignment (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  version INTEGER NOT NULL,
  assigned_by BIGINT,
  assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  ended_why VARCHAR(12),
  ended_words TEXT,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_assignment PRIMARY KEY (id),
  CONSTRAINT uq_assignment_bid_id_person_id UNIQUE (bid_id, person_id),
  CONSTRAINT ck_assignment_ended_why CHECK (ended_why IN ('interest', 'abstained', 'dropped_out', 'moved')),
  CONSTRAINT fk_assignment_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_assignment_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_assignment_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_assignment_assigned_by FOREIGN KEY(assigned_by) REFERENCES person (id)
)

CREATE INDEX ix_assignment_home ON assignment (home)

CREATE INDEX ix_assignment_person_id ON assignment (person_id)

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

CREATE TABLE review_draft (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  given TEXT NOT NULL,
  revision INTEGER NOT NULL,
  saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_review_draft PRIMARY KEY (id),
  CONSTRAINT uq_review_draft_bid_id_person_id UNIQUE (bid_id, person_id),
  CONSTRAINT fk_review_draft_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_review_draft_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_review_draft_person_id ON review_draft (person_id)

CREATE TABLE masked_copy (
  bid_id BIGINT NOT NULL,
  bid_version_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  answers TEXT NOT NULL,
  cleared TEXT NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  confirmed_by BIGINT NOT NULL,
  confirmed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_masked_copy PRIMARY KEY (id),
  CONSTRAINT uq_masked_copy_bid_id_number UNIQUE (bid_id, number),
  CONSTRAINT fk_masked_copy_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_masked_copy_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_masked_copy_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id),
  CONSTRAINT fk_masked_copy_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id)
)

CREATE INDEX ix_masked_copy_home ON masked_copy (home)

CREATE TABLE review (
  bid_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  bid_version_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  comment TEXT NOT NULL,
  note TEXT NOT NULL,
  total INTEGER NOT NULL,
  given_at TIMESTAMP WITH TIME ZONE NOT NULL,
  masked_copy_id BIGINT,
  confidence INTEGER,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BYTEA NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_review PRIMARY KEY (id),
  CONSTRAINT uq_review_bid_id_person_id_number UNIQUE (bid_id, person_id, number),
  CONSTRAINT ck_review_confidence CHECK (confidence BETWEEN 1 AND 3),
  CONSTRAINT fk_review_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_review_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_review_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_review_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id),
  CONSTRAINT fk_review_masked_copy_id FOREIGN KEY(masked_copy_id) REFERENCES masked_copy (id)
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
  CONSTRAINT ck_score_value CHECK (value BETWEEN 0 AND 10),
  CONSTRAINT fk_score_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_score_review_id FOREIGN KEY(review_id) REFERENCES review (id),
  CONSTRAINT fk_score_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE INDEX ix_score_bid_id ON score (bid_id)

CREATE INDEX ix_score_home ON score (home)
