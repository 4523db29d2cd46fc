CREATE TABLE area (
  kind VARCHAR(20) NOT NULL,
  code VARCHAR(20) NOT NULL,
  name TEXT NOT NULL,
  "key" TEXT DEFAULT '' NOT NULL,
  parent_id INTEGER,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT ck_area_kind CHECK (kind IN ('ward', 'council', 'constituency', 'region', 'nation')),
  CONSTRAINT uq_area_code UNIQUE (code),
  CONSTRAINT fk_area_parent_id FOREIGN KEY(parent_id) REFERENCES area (id)
)

CREATE INDEX ix_area_name ON area (kind, name)

CREATE INDEX ix_area_parent_id ON area (parent_id)

CREATE TABLE listed_member (
  number_mark VARCHAR(64) NOT NULL,
  email_mark VARCHAR(64),
  name_mark VARCHAR(64),
  local_party TEXT NOT NULL,
  listed_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_listed_member_number_mark UNIQUE (number_mark)
)

CREATE INDEX ix_listed_member_local_party ON listed_member (local_party)

CREATE TABLE organisation (
  name TEXT NOT NULL,
  official_id VARCHAR(80),
  charity_number TEXT,
  company_number TEXT,
  address TEXT,
  postcode TEXT,
  created_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_organisation_official_id UNIQUE (official_id)
)

CREATE INDEX ix_organisation_name ON organisation (name)

CREATE TABLE person (
  token VARCHAR(32) NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  show_name BOOLEAN NOT NULL,
  created_at VARCHAR(27) NOT NULL,
  erased_at VARCHAR(27),
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_person_token UNIQUE (token)
)

CREATE TABLE account (
  person_id INTEGER NOT NULL,
  email VARCHAR(320) NOT NULL,
  password_hash TEXT,
  confirmed_at VARCHAR(27),
  created_at VARCHAR(27) NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_account_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT uq_account_email UNIQUE (email)
)

CREATE INDEX ix_account_person_id ON account (person_id)

CREATE TABLE membership (
  person_id INTEGER NOT NULL,
  number VARCHAR(40) NOT NULL,
  local_party TEXT NOT NULL,
  claimed_at VARCHAR(27) NOT NULL,
  source TEXT,
  ended_at VARCHAR(27),
  ended_why TEXT,
  confirmed_at VARCHAR(27),
  confirmed_by INTEGER,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_membership_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_membership_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_membership_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id)
)

CREATE INDEX ix_membership_home ON membership (home)

CREATE INDEX ix_membership_number ON membership (number)

CREATE UNIQUE INDEX ix_membership_standing ON membership (person_id) WHERE ended_at IS NULL

CREATE INDEX ix_membership_waiting ON membership (claimed_at, id) WHERE confirmed_at IS NULL AND ended_at IS NULL

CREATE TABLE office_holding (
  person_id INTEGER NOT NULL,
  office VARCHAR(20) NOT NULL,
  area_id INTEGER NOT NULL,
  party TEXT,
  from_on DATE NOT NULL,
  to_on DATE,
  email TEXT,
  source TEXT,
  confirmed_by INTEGER,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT fk_office_holding_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_office_holding_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_office_holding_area_id FOREIGN KEY(area_id) REFERENCES area (id),
  CONSTRAINT fk_office_holding_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES person (id)
)

CREATE INDEX ix_office_holding_area_id ON office_holding (area_id)

CREATE INDEX ix_office_holding_email ON office_holding (email)

CREATE INDEX ix_office_holding_home ON office_holding (home)

CREATE INDEX ix_office_holding_person_id ON office_holding (person_id)

CREATE TABLE postcode (
  code VARCHAR(8) NOT NULL,
  area_id INTEGER NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_postcode_code UNIQUE (code),
  CONSTRAINT fk_postcode_area_id FOREIGN KEY(area_id) REFERENCES area (id)
)

CREATE TABLE ward_constituency (
  ward_id INTEGER NOT NULL,
  constituency_id INTEGER NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_ward_constituency_ward_id_constituency_id UNIQUE (ward_id, constituency_id),
  CONSTRAINT fk_ward_constituency_ward_id FOREIGN KEY(ward_id) REFERENCES area (id),
  CONSTRAINT fk_ward_constituency_constituency_id FOREIGN KEY(constituency_id) REFERENCES area (id)
)

CREATE INDEX ix_ward_constituency_constituency_id ON ward_constituency (constituency_id)

CREATE TABLE role_grant (
  person_id INTEGER NOT NULL,
  role VARCHAR(20) NOT NULL,
  fund_id INTEGER,
  from_at VARCHAR(27) NOT NULL,
  to_at VARCHAR(27),
  granted_by INTEGER,
  home VARCHAR(40) NOT NULL,
  event_no INTEGER NOT NULL,
  salt BLOB NOT NULL,
  id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  CONSTRAINT uq_role_grant_person_id_role_fund_id_from_at UNIQUE (person_id, role, fund_id, from_at),
  CONSTRAINT fk_role_grant_home_event_no FOREIGN KEY(home, event_no) REFERENCES audit_event (subject, number) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT fk_role_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT fk_role_grant_fund_id FOREIGN KEY(fund_id) REFERENCES fund (id),
  CONSTRAINT fk_role_grant_granted_by FOREIGN KEY(granted_by) REFERENCES person (id)
)

CREATE INDEX ix_role_grant_home ON role_grant (home)

CREATE INDEX ix_role_grant_person_id ON role_grant (person_id)
