CREATE TABLE audit_event (
  subject VARCHAR(40) NOT NULL,
  number INTEGER NOT NULL,
  actor VARCHAR(40) NOT NULL,
  action VARCHAR(40) NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  body TEXT NOT NULL,
  hash VARCHAR(64) NOT NULL,
  mac VARCHAR(64) NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (id),
  CONSTRAINT uq_audit_event_subject_number UNIQUE (subject, number)
)

CREATE TABLE audit_head (
  subject VARCHAR(40) NOT NULL,
  number INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL,
  mac VARCHAR(64) NOT NULL,
  id BIGSERIAL NOT NULL,
  CONSTRAINT pk_audit_head PRIMARY KEY (id),
  CONSTRAINT uq_audit_head_subject UNIQUE (subject)
)
