CREATE TABLE bid (
  reference VARCHAR(20) NOT NULL,
  fund_id INTEGER NOT NULL,
  round_id INTEGER NOT NULL,
  state VARCHAR(20) NOT NULL,
  version INTEGER NOT NULL,
  applicant_id INTEGER,
  organisation_id INTEGER,
  area_id INTEGER,
  place TEXT,
  title TEXT NOT NULL,
  amount_pence INTEGER NOT NULL,
  version_number INTEGER NOT NULL,
  holding_id INTEGER,
  backed_sha256 VARCHAR(64),
  since VARCHAR(27) NOT NULL,
  due_at VARCHAR(27),
  created_at VARCHAR(27) NOT NULL,
  source TEXT,
  source_key VARCHAR(120),
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_bid_round_id_source_key UNIQUE (round_id, source_key),
  CONSTRAINT fk_bid_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT uq_bid_reference UNIQUE (reference),
  CONSTRAINT fk_bid_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_bid_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_bid_applicant_id FOREIGN KEY(applicant_id) REFERENCES person (id),
  CONSTRAINT fk_bid_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisation (id),
  CONSTRAINT fk_bid_area_id FOREIGN KEY(area_id) REFERENCES area (id),
  CONSTRAINT fk_bid_holding_id FOREIGN KEY(holding_id) REFERENCES office_holding (id)
)

CREATE INDEX ix_bid_amount ON bid (amount_pence, id)

CREATE INDEX ix_bid_applicant_id ON bid (applicant_id)

CREATE INDEX ix_bid_due ON bid (due_at, id)

CREATE INDEX ix_bid_holding_id ON bid (holding_id)

CREATE INDEX ix_bid_home ON bid (home)

CREATE INDEX ix_bid_organisation_id ON bid (organisation_id)

CREATE INDEX ix_bid_round_since ON bid (round_id, since, id)

CREATE INDEX ix_bid_round_state_id ON bid (round_id, state, id)

CREATE INDEX ix_bid_since ON bid (since, id)

CREATE INDEX ix_bid_state_due ON bid (state, due_at, id)

CREATE INDEX ix_bid_state_since ON bid (state, since, id)

CREATE TABLE bid_version (
  bid_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  form_version_id INTEGER NOT NULL,
  answers TEXT NOT NULL,
  amount_pence INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  frozen_at VARCHAR(27) NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_bid_version_bid_id_number UNIQUE (bid_id, number),
  CONSTRAINT fk_bid_version_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_bid_version_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_bid_version_form_version_id FOREIGN KEY(form_version_id) REFERENCES form_version (id)
)

CREATE INDEX ix_bid_version_home ON bid_version (home)

CREATE TABLE co_applicant (
  bid_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  from_at VARCHAR(27) NOT NULL,
  to_at VARCHAR(27),
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_co_applicant_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_co_applicant_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_co_applicant_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_co_applicant_bid_id ON co_applicant (bid_id)

CREATE INDEX ix_co_applicant_home ON co_applicant (home)

CREATE INDEX ix_co_applicant_person_id ON co_applicant (person_id)

CREATE UNIQUE INDEX ix_co_applicant_standing ON co_applicant (bid_id, person_id) WHERE to_at IS NULL

CREATE TABLE co_invitation (
  bid_id INTEGER NOT NULL,
  address VARCHAR(320) NOT NULL,
  token_sha256 VARCHAR(64) NOT NULL,
  made_at VARCHAR(27) NOT NULL,
  expires_at VARCHAR(27) NOT NULL,
  accepted_at VARCHAR(27),
  withdrawn_at VARCHAR(27),
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_co_invitation_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT uq_co_invitation_token_sha256 UNIQUE (token_sha256)
)

CREATE INDEX ix_co_invitation_bid_id ON co_invitation (bid_id)

CREATE TABLE comment (
  bid_id INTEGER NOT NULL,
  question VARCHAR(80),
  person_id INTEGER NOT NULL,
  words TEXT NOT NULL,
  said_at VARCHAR(27) NOT NULL,
  removed_at VARCHAR(27),
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_comment_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_comment_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_comment_bid_id ON comment (bid_id)

CREATE TABLE document (
  bid_id INTEGER NOT NULL,
  question VARCHAR(60),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  given_by INTEGER,
  given_at VARCHAR(27) NOT NULL,
  state VARCHAR(10) NOT NULL,
  judged_at VARCHAR(27),
  reason TEXT,
  removed_at VARCHAR(27),
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_document_state CHECK (state IN ('waiting', 'clean', 'refused')),
  CONSTRAINT fk_document_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_document_given_by FOREIGN KEY(given_by) REFERENCES person (id)
)

CREATE INDEX ix_document_bid_id ON document (bid_id)

CREATE INDEX ix_document_sha256 ON document (sha256)

CREATE TABLE draft (
  bid_id INTEGER NOT NULL,
  answers TEXT NOT NULL,
  revision INTEGER NOT NULL,
  saved_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_draft_bid_id UNIQUE (bid_id),
  CONSTRAINT fk_draft_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id)
)

CREATE TABLE naming (
  bid_id INTEGER NOT NULL,
  holding_id INTEGER NOT NULL,
  named_by INTEGER NOT NULL,
  found TEXT NOT NULL,
  named_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_naming_holding_id_bid_id UNIQUE (holding_id, bid_id),
  CONSTRAINT fk_naming_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_naming_holding_id FOREIGN KEY(holding_id) REFERENCES office_holding (id),
  CONSTRAINT fk_naming_named_by FOREIGN KEY(named_by) REFERENCES person (id)
)

CREATE INDEX ix_naming_bid_id ON naming (bid_id)

CREATE TABLE remark (
  bid_id INTEGER NOT NULL,
  move VARCHAR(20) NOT NULL,
  person_id INTEGER,
  words TEXT NOT NULL,
  said_at VARCHAR(27) NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_remark_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_remark_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_remark_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_remark_bid_id ON remark (bid_id)

CREATE INDEX ix_remark_home ON remark (home)

CREATE TABLE copy_paper (
  bid_version_id INTEGER NOT NULL,
  sha256 VARCHAR(64) NOT NULL,
  size INTEGER NOT NULL,
  made_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_copy_paper_bid_version_id UNIQUE (bid_version_id),
  CONSTRAINT fk_copy_paper_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id)
)

CREATE TABLE endorsement (
  bid_id INTEGER NOT NULL,
  bid_version_id INTEGER NOT NULL,
  holding_id INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  answer VARCHAR(12) NOT NULL,
  statement TEXT NOT NULL,
  identified VARCHAR(12) NOT NULL,
  recorded_by INTEGER,
  document_id INTEGER,
  checked TEXT NOT NULL,
  given_at VARCHAR(27) NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_endorsement_answer CHECK (answer IN ('endorse', 'refuse', 'send_back', 'interest', 'elsewhere')),
  CONSTRAINT ck_endorsement_identified CHECK (identified IN ('link', 'sign_in', 'written')),
  CONSTRAINT ck_endorsement_written_has_file CHECK (identified <> 'written' OR document_id IS NOT NULL),
  CONSTRAINT fk_endorsement_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_endorsement_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_endorsement_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id),
  CONSTRAINT fk_endorsement_holding_id FOREIGN KEY(holding_id) REFERENCES office_holding (id),
  CONSTRAINT fk_endorsement_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_endorsement_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id),
  CONSTRAINT fk_endorsement_document_id FOREIGN KEY(document_id) REFERENCES document (id)
)

CREATE INDEX ix_endorsement_bid_id ON endorsement (bid_id)

CREATE INDEX ix_endorsement_home ON endorsement (home)

CREATE INDEX ix_endorsement_person_id ON endorsement (person_id)

CREATE TABLE endorsement_request (
  bid_id INTEGER NOT NULL,
  bid_version_id INTEGER NOT NULL,
  holding_id INTEGER NOT NULL,
  asked_at VARCHAR(27) NOT NULL,
  void_at VARCHAR(27),
  answered_at VARCHAR(27),
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_endorsement_request_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_endorsement_request_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_endorsement_request_bid_version_id FOREIGN KEY(bid_version_id) REFERENCES bid_version (id),
  CONSTRAINT fk_endorsement_request_holding_id FOREIGN KEY(holding_id) REFERENCES office_holding (id)
)

CREATE INDEX ix_endorsement_request_bid_id ON endorsement_request (bid_id)

CREATE INDEX ix_endorsement_request_holding_id ON endorsement_request (holding_id)

CREATE INDEX ix_endorsement_request_home ON endorsement_request (home)

CREATE UNIQUE INDEX ix_endorsement_request_open ON endorsement_request (bid_id) WHERE void_at IS NULL AND answered_at IS NULL

CREATE TABLE endorsement_link (
  request_id INTEGER NOT NULL,
  token_sha256 VARCHAR(64) NOT NULL,
  effect_key TEXT NOT NULL,
  sent_to TEXT NOT NULL,
  made_at VARCHAR(27) NOT NULL,
  opened_at VARCHAR(27),
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_endorsement_link_request_id FOREIGN KEY(request_id) REFERENCES endorsement_request (id),
  CONSTRAINT uq_endorsement_link_token_sha256 UNIQUE (token_sha256)
)

CREATE INDEX ix_endorsement_link_request_id ON endorsement_link (request_id)
