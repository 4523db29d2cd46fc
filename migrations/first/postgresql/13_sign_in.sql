CREATE TABLE throttle (
  kind VARCHAR(20) NOT NULL,
  mark VARCHAR(64) NOT NULL,
  window_start TIMESTAMP WITH TIME ZONE NOT NULL,
  count INTEGER NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_throttle PRIMARY KEY (id),
  CONSTRAINT uq_throttle_kind_mark UNIQUE (kind, mark)
)

CREATE INDEX ix_throttle_window_start ON throttle (window_start)

CREATE TABLE recovery_code (
  person_id BIGINT NOT NULL,
  code_mac VARCHAR(64) NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_recovery_code PRIMARY KEY (id),
  CONSTRAINT fk_recovery_code_person_id FOREIGN KEY(person_id) REFERENCES person (id),
  CONSTRAINT uq_recovery_code_code_mac UNIQUE (code_mac)
)

CREATE INDEX ix_recovery_code_person_id ON recovery_code (person_id)

CREATE TABLE second_factor (
  person_id BIGINT NOT NULL,
  secret_sealed TEXT NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  confirmed_at TIMESTAMP WITH TIME ZONE,
  last_step BIGINT,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_second_factor PRIMARY KEY (id),
  CONSTRAINT uq_second_factor_person_id UNIQUE (person_id),
  CONSTRAINT fk_second_factor_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE TABLE security_event (
  person_id BIGINT NOT NULL,
  kind VARCHAR(40) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  details TEXT NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_security_event PRIMARY KEY (id),
  CONSTRAINT fk_security_event_person_id FOREIGN KEY(person_id) REFERENCES person (id)
)

CREATE INDEX ix_security_event_person_id ON security_event (person_id, id)

CREATE TABLE sign_in_session (
  account_id BIGINT NOT NULL,
  key_sha256 VARCHAR(64) NOT NULL,
  how VARCHAR(10) NOT NULL,
  browser VARCHAR(60) NOT NULL,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  ended_at TIMESTAMP WITH TIME ZONE,
  second_factor_at TIMESTAMP WITH TIME ZONE,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_sign_in_session PRIMARY KEY (id),
  CONSTRAINT fk_sign_in_session_account_id FOREIGN KEY(account_id) REFERENCES account (id),
  CONSTRAINT uq_sign_in_session_key_sha256 UNIQUE (key_sha256)
)

CREATE INDEX ix_sign_in_session_account_id ON sign_in_session (account_id)

CREATE TABLE sign_in_link (
  kind VARCHAR(20) NOT NULL,
  email VARCHAR(320) NOT NULL,
  token_sha256 VARCHAR(64) NOT NULL,
  grant_id BIGINT,
  next_path TEXT,
  made_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at TIMESTAMP WITH TIME ZONE,
  used_on VARCHAR(60),
  void_at TIMESTAMP WITH TIME ZONE,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_sign_in_link PRIMARY KEY (id),
  CONSTRAINT ck_sign_in_link_kind CHECK (kind IN ('sign_in', 'invitation')),
  CONSTRAINT uq_sign_in_link_token_sha256 UNIQUE (token_sha256),
  CONSTRAINT fk_sign_in_link_grant_id FOREIGN KEY(grant_id) REFERENCES role_grant (id)
)

CREATE INDEX ix_sign_in_link_email ON sign_in_link (email, id)

CREATE INDEX ix_sign_in_link_expires_at ON sign_in_link (expires_at)

CREATE INDEX ix_sign_in_link_grant_id ON sign_in_link (grant_id)
