package org.openbars.router.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.Interaction.Match;

class InteractionTest {
  /** API 1.0.0 to 1.5.0, without the endpoint catalogue's and NRL's own paths. */
  @ParameterizedTest
  @CsvSource({
    "GET, /metadata, METADATA",
    "POST, /$process-message, PROCESS_MESSAGE",
    "GET, /MessageDefinition, MESSAGE_DEFINITION_SEARCH",
    "GET, /Slot, SLOT_SEARCH",
    "GET, /Appointment, APPOINTMENT_SEARCH",
    "POST, /Appointment, APPOINTMENT_CREATE",
    "GET, /Appointment/1, APPOINTMENT_READ",
    "PUT, /Appointment/1, APPOINTMENT_UPDATE",
    "PATCH, /Appointment/1, APPOINTMENT_PATCH",
    "DELETE, /Appointment/1, APPOINTMENT_DELETE",
    "GET, /ServiceRequest, SERVICE_REQUEST_SEARCH",
    "POST, /ServiceRequest, SERVICE_REQUEST_CREATE",
    "GET, /ServiceRequest/1, SERVICE_REQUEST_READ",
    "PUT, /ServiceRequest/1, SERVICE_REQUEST_UPDATE",
    "PATCH, /ServiceRequest/1, SERVICE_REQUEST_PATCH",
    "DELETE, /ServiceRequest/1, SERVICE_REQUEST_DELETE",
    "HEAD, /Slot, SLOT_SEARCH",
    "HEAD, /Appointment/1, APPOINTMENT_READ",
    "GET, /Appointment/$process-message, APPOINTMENT_READ",
    "GET, /Appointment/a b%., APPOINTMENT_READ",
  })
  void methodAndPathNameOneInteraction(String method, String path, Interaction interaction) {
    assertThat(Interaction.find(method, path)).isEqualTo(new Match.Found(interaction));
  }

  @ParameterizedTest
  @EnumSource
  void everyInteractionIsFoundByItsOwnTemplate(Interaction interaction) {
    String path = interaction.pathTemplate().replace("{id}", "any-id");

    assertThat(Interaction.find(interaction.method(), path))
        .isEqualTo(new Match.Found(interaction));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "Slot",
        "/slot",
        "/SLOT",
        "/Slots",
        "/Slot/",
        "/Slot/1",
        "//Slot",
        "/Slot//",
        "/Appointment/",
        "/Appointment/1/",
        "/Appointment/1/2",
        "/Appointment//1",
        "/appointment/1",
        "/metadata/1",
        "/metadata/",
        "/$process-message/1",
        "/process-message",
        "/DocumentReference",
        "/HealthcareService",
        "/Endpoint",
        "/Organization/1",
        "/_history",
        "/Appointment/_search/x",
        "/ Slot",
        "/Slot "
      })
  void anyOtherPathIsUnknownWhateverTheMethod(String path) {
    for (String method : new String[] {"GET", "POST", "MADE-UP", "HEAD"}) {
      assertThat(Interaction.find(method, path)).isInstanceOf(Match.UnknownPath.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /metadata, 'GET, HEAD'",
    "GET, /$process-message, POST",
    "HEAD, /$process-message, POST",
    "DELETE, /Slot, 'GET, HEAD'",
    "PUT, /Appointment, 'GET, HEAD, POST'",
    "POST, /Appointment/1, 'DELETE, GET, HEAD, PATCH, PUT'",
    "get, /Slot, 'GET, HEAD'",
    "MADE-UP, /ServiceRequest/1, 'DELETE, GET, HEAD, PATCH, PUT'",
  })
  void wrongMethodTellsThoseThatAreAllowed(String method, String path, String allow) {
    assertThat(Interaction.find(method, path)).isEqualTo(new Match.WrongMethod(allow));
  }

  @Test
  void onlyReadsAndSearchesLeaveAReceiversDataAlone() {
    Set<Interaction> reading = new HashSet<>();
    for (Interaction interaction : Interaction.values()) {
      if (!interaction.writes()) {
        reading.add(interaction);
      }
    }

    assertThat(reading).allMatch(interaction -> interaction.method().equals("GET")).hasSize(7);
  }
}
