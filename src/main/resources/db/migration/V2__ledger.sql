-- What was seen of a message's body, and the hash chain (docs/decisions/0007). Everything new may be
-- missing, so that a router of version 1 writes on beside newer ones; its rows are in no chain.
ALTER TABLE audit.exchange
  ADD COLUMN inspection                 text,
  ADD COLUMN destination_match          text,
  ADD COLUMN bundle_id                  text,
  ADD COLUMN bundle_timestamp           text,
  ADD COLUMN message_event              text,
  ADD COLUMN message_reason             text,
  ADD COLUMN definition                 text,
  ADD COLUMN source_endpoint            text,
  ADD COLUMN destination_endpoint       text,
  ADD COLUMN response_identifier        text,
  ADD COLUMN message_use_case           text,
  ADD COLUMN message_category           text,
  ADD COLUMN service_request_status     text,
  ADD COLUMN service_request_identifier text,
  ADD COLUMN appointment_status         text,
  ADD COLUMN appointment_identifier     text,
  ADD COLUMN invalid_nhs_number         boolean,
  ADD COLUMN nhs_number_hash            bytea,
  ADD COLUMN chain_version              smallint,
  ADD COLUMN chain_position             bigint,
  ADD COLUMN chain_hash                 bytea;

COMMENT ON COLUMN audit.exchange.nhs_number_hash IS
  'Stands for nhs_number in the chain: 4 bytes that name the key, then HMAC-SHA-256 of the ten digits.';
COMMENT ON COLUMN audit.exchange.chain_position IS
  'Place in the chain of its day and node, from 1 without a gap; null in no chain.';

-- Unique, so that no fault of a writer can put two records into one place.
CREATE UNIQUE INDEX exchange_chain ON audit.exchange (day, node, chain_position)
  WHERE chain_position IS NOT NULL;
-- Empty unless a router of version 1 wrote, or somebody did by hand: makes those cheap to find.
CREATE INDEX exchange_unchained ON audit.exchange (day, node) WHERE chain_position IS NULL;

-- Where each chain ends. Its row is locked while a batch is added, so that two processes of one
-- node's name cannot fork it.
CREATE TABLE audit.chain (
  day    date   NOT NULL,
  node   text   NOT NULL,
  length bigint NOT NULL,
  head   bytea  NOT NULL,
  PRIMARY KEY (day, node)
) WITH (fillfactor = 50);

-- What a node's journal could not give any more.
CREATE TABLE audit.gap (
  noticed_at timestamptz NOT NULL,
  node       text        NOT NULL,
  reason     text        NOT NULL,
  records    bigint      NOT NULL,
  PRIMARY KEY (node, noticed_at, reason)
);

-- Detaches the oldest partition of a day before the border and says its name, or null when none is
-- left. Never waits long for its lock: whatever comes behind it, inserts too, waits as well. The
-- name is given up at once, so that a late record can have its partition again. Whatever is asked
-- for, today and yesterday stay.
CREATE FUNCTION audit.detach_expired(border date) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms'
AS $$
DECLARE
  safe    date := least(border, (now() AT TIME ZONE 'UTC')::date - 1);
  expired oid;
  name    text;
BEGIN
  SELECT c.oid, c.relname INTO expired, name
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'audit.exchange'::regclass
    AND c.relname ~ '^exchange_[0-9]{8}$'
    AND to_date(substr(c.relname, 10), 'YYYYMMDD') < safe
  ORDER BY c.relname LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  EXECUTE format('ALTER TABLE audit.exchange DETACH PARTITION audit.%I', name);
  EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', name, 'expired_' || substr(name, 10) || '_' || expired);
  RETURN name;
END
$$;

-- Drops one table that was detached, now or by a run that ended halfway, and says its name, or null
-- when none is left. Nothing else uses it, so it may wait.
CREATE FUNCTION audit.drop_detached() RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '10s'
AS $$
DECLARE
  name text;
BEGIN
  SELECT c.relname INTO name
  FROM pg_class c
  WHERE c.relnamespace = 'audit'::regnamespace AND c.relkind = 'r'
    AND c.relname ~ '^expired_[0-9]{8}_[0-9]+$'
  ORDER BY c.relname LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  EXECUTE format('DROP TABLE audit.%I', name);
  RETURN name;
END
$$;

-- Forgets the chains and gaps of days before the border; today and yesterday stay.
CREATE FUNCTION audit.forget_before(border date) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  DELETE FROM audit.chain WHERE day < least(border, (now() AT TIME ZONE 'UTC')::date - 1);
  DELETE FROM audit.gap
  WHERE noticed_at < least(border, (now() AT TIME ZONE 'UTC')::date - 1)::timestamp AT TIME ZONE 'UTC';
$$;

REVOKE ALL ON FUNCTION audit.detach_expired(date) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit.drop_detached() FROM PUBLIC;
REVOKE ALL ON FUNCTION audit.forget_before(date) FROM PUBLIC;
