-- Questions about the audit: indexes that give every question's answer in the order of its pages;
-- restriction and correction, which leave the records as they are; who looked at what.

-- Pages go by (day, id), newest first. id is a UUIDv7, so that is by arrival to the millisecond, and
-- partitions, being days, are read one after the other and only until the page is full. The key
-- itself serves a question about a window alone.
DROP INDEX audit.exchange_received;
DROP INDEX audit.exchange_target;
CREATE INDEX exchange_target ON audit.exchange (target_system, target_value, day, id)
  WHERE target_system IS NOT NULL;
CREATE INDEX exchange_organisation ON audit.exchange (end_user_organisation, day, id)
  WHERE end_user_organisation IS NOT NULL;
CREATE INDEX exchange_use_case ON audit.exchange (use_case, day, id) WHERE use_case IS NOT NULL;
-- Few records have these: what was answered well is not in them.
CREATE INDEX exchange_error ON audit.exchange (error, day, id) WHERE error IS NOT NULL;
CREATE INDEX exchange_status ON audit.exchange (status, day, id) WHERE status >= 400;

-- One random key, made here and never changed. The tables below know a person only by
-- sha256(key || NHS number): audit.exchange.nhs_number stays the only column that holds the number.
-- Whoever may read this table can find a number by trying all, so grant it to the reader alone.
CREATE TABLE audit.person_key (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  key      bytea   NOT NULL
);
INSERT INTO audit.person_key (key)
  VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Whose records are kept from searches (right to restriction). Records themselves are not touched,
-- so records that arrive later are kept back as well. A lifted restriction stays as history.
CREATE TABLE audit.restriction (
  restriction_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person         bytea       NOT NULL,
  reason         text        NOT NULL,
  restricted_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  restricted_by  text        NOT NULL,
  lifted_at      timestamptz,
  lifted_by      text,
  lifted_reason  text
);
CREATE UNIQUE INDEX restriction_person ON audit.restriction (person) WHERE lifted_at IS NULL;

-- What is said to be wrong in a record (right to rectification). The record stays as it was.
CREATE TABLE audit.correction (
  correction_id bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day           date        NOT NULL,
  id            uuid        NOT NULL,
  field         text        NOT NULL,
  value         text        NOT NULL,
  reason        text        NOT NULL,
  corrected_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  corrected_by  text        NOT NULL
);
CREATE INDEX correction_record ON audit.correction (day, id);

-- Every look at the audit, every change and every export: written before the answer goes.
CREATE TABLE audit.look (
  look_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  node     text        NOT NULL,
  who      text        NOT NULL,
  address  text        NOT NULL,
  kind     text        NOT NULL,
  question jsonb       NOT NULL,
  person   bytea,
  records  bigint      NOT NULL
);
CREATE INDEX look_at ON audit.look (at, look_id);
CREATE INDEX look_person ON audit.look (person) WHERE person IS NOT NULL;

COMMENT ON COLUMN audit.look.question IS
  'The parts asked for, without an NHS number: that one was asked for stands as "asked".';
COMMENT ON COLUMN audit.look.person IS
  'sha256(audit.person_key.key || NHS number) when the question was about one person.';

-- Forgets what goes with erased days: corrections of records before the border, and looks as old.
-- Today and yesterday stay, whatever is asked for.
CREATE FUNCTION audit.forget_questions(border date) RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  WITH safe AS (SELECT least(border, (now() AT TIME ZONE 'UTC')::date - 1) AS day),
       corrections AS (
         DELETE FROM audit.correction c USING safe WHERE c.day < safe.day RETURNING 1),
       looks AS (
         DELETE FROM audit.look USING safe
         WHERE at < safe.day::timestamp AT TIME ZONE 'UTC' RETURNING 1)
  SELECT (SELECT count(*) FROM corrections) + (SELECT count(*) FROM looks)
$$;
REVOKE ALL ON FUNCTION audit.forget_questions(date) FROM PUBLIC;
