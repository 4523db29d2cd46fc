CREATE TABLE source (
  fund_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind VARCHAR(12) NOT NULL,
  official_id TEXT,
  address TEXT NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_source_kind CHECK (kind IN ('individual', 'company', 'union', 'party', 'association', 'charity', 'other', 'own')),
  CONSTRAINT fk_source_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_source_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id)
)

CREATE INDEX ix_source_fund_id ON source (fund_id)

CREATE INDEX ix_source_home ON source (home)

CREATE TABLE income (
  fund_id INTEGER NOT NULL,
  round_id INTEGER,
  source_id INTEGER NOT NULL,
  kind VARCHAR(10) NOT NULL,
  amount_pence BIGINT NOT NULL,
  received_on DATE NOT NULL,
  words TEXT NOT NULL,
  bid_id INTEGER,
  recorded_by INTEGER NOT NULL,
  recorded_at VARCHAR(27) NOT NULL,
  voided_by INTEGER,
  voided_at VARCHAR(27),
  void_reason TEXT NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_income_amount CHECK (amount_pence > 0),
  CONSTRAINT ck_income_kind CHECK (kind IN ('donation', 'transfer', 'returned')),
  CONSTRAINT ck_income_voided CHECK ((voided_at IS NULL) = (voided_by IS NULL)),
  CONSTRAINT fk_income_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_income_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_income_round_id FOREIGN KEY(round_id) REFERENCES round (id),
  CONSTRAINT fk_income_source_id FOREIGN KEY(source_id) REFERENCES source (id),
  CONSTRAINT fk_income_bid_id FOREIGN KEY(bid_id) REFERENCES bid (id),
  CONSTRAINT fk_income_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id),
  CONSTRAINT fk_income_voided_by FOREIGN KEY(voided_by) REFERENCES person (id)
)

CREATE INDEX ix_income_fund_received ON income (fund_id, received_on)

CREATE INDEX ix_income_home ON income (home)

CREATE INDEX ix_income_round_id ON income (round_id)

CREATE INDEX ix_income_source_id ON income (source_id)

CREATE TABLE donation_report (
  fund_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  income_id INTEGER NOT NULL,
  year INTEGER NOT NULL,
  reported_on DATE NOT NULL,
  words TEXT NOT NULL,
  recorded_by INTEGER NOT NULL,
  recorded_at VARCHAR(27) NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_donation_report_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_donation_report_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_donation_report_source_id FOREIGN KEY(source_id) REFERENCES source (id),
  CONSTRAINT fk_donation_report_income_id FOREIGN KEY(income_id) REFERENCES income (id),
  CONSTRAINT fk_donation_report_recorded_by FOREIGN KEY(recorded_by) REFERENCES person (id)
)

CREATE INDEX ix_donation_report_home ON donation_report (home)

CREATE INDEX ix_donation_report_source_id ON donation_report (source_id)

CREATE TABLE permissibility (
  fund_id INTEGER NOT NULL,
  income_id INTEGER NOT NULL,
  outcome VARCHAR(14) NOT NULL,
  words TEXT NOT NULL,
  checked_on DATE NOT NULL,
  checked_by INTEGER NOT NULL,
  recorded_at VARCHAR(27) NOT NULL,
  returned_on DATE,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_permissibility_outcome CHECK (outcome IN ('permissible', 'impermissible')),
  CONSTRAINT fk_permissibility_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_permissibility_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_permissibility_income_id FOREIGN KEY(income_id) REFERENCES income (id),
  CONSTRAINT fk_permissibility_checked_by FOREIGN KEY(checked_by) REFERENCES person (id)
)

CREATE INDEX ix_permissibility_home ON permissibility (home)

CREATE INDEX ix_permissibility_income_id ON permissibility (income_id)

CREATE TABLE bank_line (
  fund_id INTEGER NOT NULL,
  mark VARCHAR(64) NOT NULL,
  file_sha256 VARCHAR(64) NOT NULL,
  line INTEGER NOT NULL,
  booked_on DATE NOT NULL,
  amount_pence BIGINT NOT NULL,
  words TEXT NOT NULL,
  payment_id INTEGER,
  income_id INTEGER,
  brought_by INTEGER NOT NULL,
  brought_at VARCHAR(27) NOT NULL,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_bank_line_fund_id_mark UNIQUE (fund_id, mark),
  CONSTRAINT fk_bank_line_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_bank_line_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_bank_line_payment_id FOREIGN KEY(payment_id) REFERENCES payment (id),
  CONSTRAINT fk_bank_line_income_id FOREIGN KEY(income_id) REFERENCES income (id),
  CONSTRAINT fk_bank_line_brought_by FOREIGN KEY(brought_by) REFERENCES person (id)
)

CREATE INDEX ix_bank_line_home ON bank_line (home)

CREATE INDEX ix_bank_line_payment_id ON bank_line (payment_id)
