package org.openbars.router.ledger;

import java.util.List;

/**
 * The columns of {@code audit.exchange} that a link of version {@value #VERSION} covers, in the
 * order of its bytes. A later version may add columns at the end and gets a number of its own;
 * nothing here changes, or no older chain can be checked any more.
 */
public final class LinkedColumns {
  /** Stands in {@code chain_version} and in front of the bytes that are hashed. */
  public static final int VERSION = 2;

  /** The first version's links cover every column but {@code application}, which had to be null. */
  static final int WITHOUT_APPLICATION = 1;

  /** Every column but the chain's own, with {@code nhs_number_hash} for {@code nhs_number}. */
  public static final List<String> NAMES =
      List.of(
          "day",
          "id",
          "node",
          "received_at",
          "connected_at",
          "request_sent_at",
          "answer_head_at",
          "closed_at",
          "sender_address",
          "method",
          "interaction",
          "request_id",
          "correlation_id",
          "target_system",
          "target_value",
          "receiver",
          "api_version",
          "use_case",
          "category",
          "event",
          "reason",
          "end_user_organisation",
          "software_system",
          "software_value",
          "software_name",
          "software_version",
          "malformed_header",
          "nhs_number_hash",
          "fate",
          "status",
          "error",
          "bytes_from_sender",
          "bytes_to_sender",
          "inspection",
          "destination_match",
          "bundle_id",
          "bundle_timestamp",
          "message_event",
          "message_reason",
          "definition",
          "source_endpoint",
          "destination_endpoint",
          "response_identifier",
          "message_use_case",
          "message_category",
          "service_request_status",
          "service_request_identifier",
          "appointment_status",
          "appointment_identifier",
          "invalid_nhs_number",
          "application");

  /** What a check reads, as the answer of {@code COPY (...) TO STDOUT (FORMAT binary)}. */
  public static final String SELECT =
      "SELECT chain_position, chain_version, chain_hash, nhs_number, "
          + String.join(", ", NAMES)
          + " FROM audit.exchange";

  /** Columns in front of the linked ones in {@link #SELECT}. */
  static final int BEFORE = 4;

  static final int DAY = NAMES.indexOf("day");
  static final int NODE = NAMES.indexOf("node");
  static final int APPLICATION = NAMES.indexOf("application");
  static final int NHS_NUMBER_HASH = NAMES.indexOf("nhs_number_hash");

  private LinkedColumns() {}
}
