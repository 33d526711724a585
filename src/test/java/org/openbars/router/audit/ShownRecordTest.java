package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShownRecordTest {
  /** The day is the id's. */
  private static final List<String> NOT_SHOWN = List.of("day", "nhs_number", "nhs_number_hash");

  @Test
  void everyColumnIsShownOrKnownNotToBe() {
    assertThat(Stream.concat(ShownRecord.COLUMNS.stream(), NOT_SHOWN.stream()))
        .containsExactlyInAnyOrderElementsOf(
            AuditColumns.ALL.stream().map(AuditColumns.Column::name).toList());
  }
}
