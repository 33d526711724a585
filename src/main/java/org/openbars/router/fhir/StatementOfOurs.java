package org.openbars.router.fhir;

import java.util.Arrays;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementKind;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementMessagingComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestSecurityComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ResourceVersionPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.RestfulCapabilityMode;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Enumerations.FHIRVersion;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.StringType;
import org.openbars.router.message.Interaction;
import org.openbars.router.message.Interaction.Level;
import org.openbars.router.message.Interaction.Verb;

/**
 * Our own CapabilityStatement: the {@link Interaction} table and the search parameters of the BaRS
 * API, and nothing that the router does not serve. Workers only.
 */
final class StatementOfOurs {
  /** The newest API version whose interactions the table holds. */
  private static final String API_VERSION = "1.5.0";

  /** When the statement last changed; fixed, so that all nodes answer the same bytes. */
  private static final String CHANGED = "2026-11-24";

  private static final String OPERATIONS = "http://hl7.org/fhir/OperationDefinition/MessageHeader-";
  private static final String TARGETED =
      "Needs the header NHSD-Target-Identifier. The receiver that it names answers; its own"
          + " CapabilityStatement, at /metadata with the same header, says what it takes.";

  private StatementOfOurs() {}

  static CapabilityStatement of(Installation installation) {
    CapabilityStatement statement = new CapabilityStatement();
    statement
        .setVersion(API_VERSION)
        .setName("BarsRouter")
        .setTitle("Booking and Referral Standard message router")
        .setStatus(PublicationStatus.ACTIVE)
        .setExperimental(false)
        .setDateElement(new DateTimeType(CHANGED))
        .setDescription(
            "Routes Booking and Referral Standard messages between services. It reads the header"
                + " NHSD-Target-Identifier and passes the message to the receiver that it names.")
        .setKind(CapabilityStatementKind.INSTANCE)
        .setFhirVersion(FHIRVersion._4_0_1);
    statement.getSoftware().setName("bars-router").setVersion(installation.softwareVersion());
    statement
        .getImplementation()
        .setDescription("Booking and Referral Standard message router")
        .setUrl(installation.url());
    for (AnswerFormat format : AnswerFormat.values()) {
      statement.addFormat(format.contentType());
    }
    return statement.addRest(rest()).addMessaging(messaging(installation));
  }

  private static CapabilityStatementRestComponent rest() {
    CapabilityStatementRestComponent rest =
        new CapabilityStatementRestComponent()
            .setMode(RestfulCapabilityMode.SERVER)
            .setDocumentation(TARGETED)
            .setSecurity(security());
    interactions()
        .filter(i -> i.level() != Level.SYSTEM)
        .map(Interaction::resource)
        .distinct()
        .forEach(type -> rest.addResource(resource(type)));
    interactions()
        .filter(i -> i.level() == Level.SYSTEM && i.verb() == Verb.OPERATION)
        .map(i -> i.resource().substring(1)) // FHIR R4 names operations without the $
        .forEach(name -> rest.addOperation().setName(name).setDefinition(OPERATIONS + name));
    return rest;
  }

  private static CapabilityStatementRestSecurityComponent security() {
    CapabilityStatementRestSecurityComponent security =
        new CapabilityStatementRestSecurityComponent()
            .setDescription(
                "OAuth 2.0 access tokens are verified by the API gateway in front of the router.");
    security
        .addService()
        .addCoding(
            new Coding(
                "http://terminology.hl7.org/CodeSystem/restful-security-service",
                "OAuth",
                "OAuth"));
    return security;
  }

  private static CapabilityStatementRestResourceComponent resource(String type) {
    CapabilityStatementRestResourceComponent resource =
        new CapabilityStatementRestResourceComponent()
            .setType(type)
            .setVersioning(ResourceVersionPolicy.NOVERSION);
    interactions()
        .filter(i -> i.level() != Level.SYSTEM && i.resource().equals(type))
        .forEach(i -> resource.addInteraction().setCode(code(i)));
    SearchParameters search = SearchParameters.of(type);
    search
        .parameters()
        .forEach(
            p ->
                resource
                    .addSearchParam()
                    .setName(p.name())
                    .setType(p.type())
                    .setDocumentation(p.meaning()));
    resource.setSearchInclude(search.includes().stream().map(StringType::new).toList());
    return resource;
  }

  private static TypeRestfulInteraction code(Interaction interaction) {
    return switch (interaction.verb()) {
      case READ -> TypeRestfulInteraction.READ;
      case SEARCH -> TypeRestfulInteraction.SEARCHTYPE;
      case CREATE -> TypeRestfulInteraction.CREATE;
      case UPDATE -> TypeRestfulInteraction.UPDATE;
      case PATCH -> TypeRestfulInteraction.PATCH;
      case DELETE -> TypeRestfulInteraction.DELETE;
      case OPERATION ->
          throw new IllegalStateException(interaction + ": no operation on a type is known");
    };
  }

  /** No message is listed: which ones are taken is each receiver's to say. */
  private static CapabilityStatementMessagingComponent messaging(Installation installation) {
    CapabilityStatementMessagingComponent messaging =
        new CapabilityStatementMessagingComponent()
            .setDocumentation(
                "Messages go to the receiver that the header NHSD-Target-Identifier names;"
                    + " its MessageDefinitions say which it takes.");
    messaging
        .addEndpoint()
        .setProtocol(
            new Coding()
                .setSystem("http://terminology.hl7.org/CodeSystem/message-transport")
                .setCode("http"))
        .setAddress(installation.url() + Interaction.PROCESS_MESSAGE.pathTemplate());
    return messaging;
  }

  private static Stream<Interaction> interactions() {
    return Arrays.stream(Interaction.values());
  }
}
