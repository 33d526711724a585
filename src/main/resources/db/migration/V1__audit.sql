-- One row for every exchange. The key is (day, id): id is a UUIDv7 and day is the UTC day of its
-- instant, so that a batch written again adds nothing.
-- No foreign keys and no check constraints: nothing a sender writes may keep a record out.
CREATE TABLE audit.exchange (
  day                    date        NOT NULL,
  id                     uuid        NOT NULL,
  node                   text        NOT NULL,
  received_at            timestamptz NOT NULL,
  connected_at           timestamptz,
  request_sent_at        timestamptz,
  answer_head_at         timestamptz,
  closed_at              timestamptz,
  sender_address         text        NOT NULL,
  method                 text        NOT NULL,
  interaction            text,
  request_id             text,
  correlation_id         text,
  target_system          text,
  target_value           text,
  receiver               text,
  api_version            text,
  use_case               text,
  category               text,
  event                  text,
  reason                 text,
  end_user_organisation  text,
  software_system        text,
  software_value         text,
  software_name          text,
  software_version       text,
  malformed_header       boolean     NOT NULL,
  nhs_number             text,
  fate                   text        NOT NULL,
  status                 integer,
  error                  text,
  bytes_from_sender      bigint      NOT NULL,
  bytes_to_sender        bigint      NOT NULL,
  PRIMARY KEY (day, id)
) PARTITION BY RANGE (day);

COMMENT ON COLUMN audit.exchange.nhs_number IS
  'Personal data. The only column that may hold an NHS number.';
COMMENT ON COLUMN audit.exchange.malformed_header IS
  'NHSD-End-User-Organisation or NHSD-Requesting-Software was sent and could not be read.';

-- Each partition gets these when it is attached. Ids are UUIDs, which senders write in either case.
CREATE INDEX exchange_received ON audit.exchange (received_at, id);
CREATE INDEX exchange_correlation ON audit.exchange (lower(correlation_id));
CREATE INDEX exchange_request ON audit.exchange (lower(request_id));
CREATE INDEX exchange_target ON audit.exchange (target_system, target_value, received_at);
CREATE INDEX exchange_nhs_number ON audit.exchange (nhs_number) WHERE nhs_number IS NOT NULL;

-- Makes the partition of one day, exchange_YYYYMMDD, unless it is there; says whether it made it.
-- The lock lets every node call this at once. Attaching, unlike CREATE TABLE ... PARTITION OF, does
-- not lock readers or writers of the parent out. There is no default partition: its rows would have
-- to be moved before their day could be attached.
CREATE FUNCTION audit.ensure_partition(wanted date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  partition text := 'exchange_' || to_char(wanted, 'YYYYMMDD');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit.exchange partitions', 0));
  IF to_regclass(format('audit.%I', partition)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE audit.%I (LIKE audit.exchange INCLUDING DEFAULTS INCLUDING STORAGE)', partition);
  EXECUTE format('ALTER TABLE audit.exchange ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
    partition, wanted, wanted + 1);
  RETURN true;
END
$$;

-- Makes the partitions of every day from first to last; says how many it made.
CREATE FUNCTION audit.ensure_partitions(first date, last date) RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT count(*) FILTER (WHERE audit.ensure_partition(first + n))::integer
  FROM generate_series(0, last - first) AS n
$$;

-- They run with their owner's rights, so that the writing role need not own the table.
REVOKE ALL ON FUNCTION audit.ensure_partition(date) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit.ensure_partitions(date, date) FROM PUBLIC;
