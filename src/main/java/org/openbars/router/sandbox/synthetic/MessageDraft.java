package org.openbars.router.sandbox.synthetic;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointSystem;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.MessageHeader;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.openbars.router.message.NhsNumber;
import org.openbars.router.message.TargetIdentifier;

/**
 * A message Bundle being put together: ids, dates and numbers drawn from a seed, so that the same
 * seed and instant give the same bytes. For one thread.
 */
final class MessageDraft {
  static final String UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-";
  static final String BARS = "https://fhir.nhs.uk/StructureDefinition/";
  static final String ODS = "https://fhir.nhs.uk/Id/ods-organization-code";

  private final SplittableRandom random;
  private final Instant now;
  private final List<Map.Entry<String, Resource>> entries = new ArrayList<>();
  private final String id;

  /**
   * @param kind gives each kind of message of one seed ids of its own
   * @param now the instant that every time in the message is counted from
   */
  MessageDraft(long seed, String kind, Instant now) {
    this.random = new SplittableRandom(seed * 31 + kind.hashCode());
    this.now = now;
    this.id = uuid();
  }

  String uuid() {
    long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
    long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  /** The id within the full URL of an entry. */
  static String idOf(String urn) {
    return urn.substring("urn:uuid:".length());
  }

  /** The full URL of an entry, to be referred to before the entry is put. */
  String urn() {
    return "urn:uuid:" + uuid();
  }

  int upTo(int bound) {
    return random.nextInt(bound);
  }

  String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A number of the test range, 999, with a valid check digit. */
  String nhsNumber() {
    while (true) {
      String nine = "999" + String.format("%06d", random.nextInt(1_000_000));
      for (int check = 0; check < 10; check++) {
        if (NhsNumber.isValid(nine + check)) {
          return nine + check;
        }
      }
    }
  }

  private Date at(Duration later) {
    return Date.from(now.plus(later));
  }

  DateTimeType time(Duration later) {
    DateTimeType time = new DateTimeType(at(later));
    time.setTimeZoneZulu(true);
    return time;
  }

  InstantType instant(Duration later) {
    InstantType instant = new InstantType(at(later));
    instant.setTimeZoneZulu(true);
    return instant;
  }

  Period period(Duration from, Duration to) {
    Period period = new Period();
    period.setStartElement(time(from));
    period.setEndElement(time(to));
    return period;
  }

  static CodeableConcept concept(String system, String code, String display) {
    return new CodeableConcept(new Coding(system, code, display));
  }

  static CodeableConcept concept(String system, String code) {
    return new CodeableConcept(coding(system, code));
  }

  static Coding coding(String system, String code) {
    Coding coding = new Coding();
    coding.setSystem(system).setCode(code);
    return coding;
  }

  void put(String urn, Resource resource, String... profiles) {
    for (String profile : profiles) {
      resource.getMeta().addProfile(profile);
    }
    if (!resource.getMeta().hasProfile()) {
      resource.getMeta().addProfile(UK_CORE + resource.fhirType());
    }
    entries.add(Map.entry(urn, resource));
  }

  /**
   * What a message is about and between whom; the header is its first entry.
   *
   * @param definition empty where the standard has no MessageDefinition
   */
  record Envelope(
      String event,
      String reason,
      String definition,
      TargetIdentifier destination,
      TargetIdentifier source,
      String focus,
      String receiver,
      String sender) {
    /** The same between the same, the other way round. */
    Envelope reversed() {
      return new Envelope(event, reason, definition, source, destination, focus, sender, receiver);
    }
  }

  /** The header of Core 1.5.0: endpoints as {@code system|value}, so that an answer can be sent. */
  MessageHeader header(Envelope envelope) {
    MessageHeader header = new MessageHeader();
    header.setEvent(coding("https://fhir.nhs.uk/CodeSystem/message-events-bars", envelope.event));
    header
        .addDestination()
        .setEndpoint(piped(envelope.destination))
        .setReceiver(new Reference(envelope.receiver));
    header.setSender(new Reference(envelope.sender));
    header
        .getSource()
        .setName("Sandbox sender")
        .setSoftware("BaRS router sandbox")
        .setVersion("1.0.0")
        .setEndpoint(piped(envelope.source))
        .getContact()
        .setSystem(ContactPointSystem.PHONE)
        .setValue("01632 960123");
    header.setReason(
        concept("https://fhir.nhs.uk/CodeSystem/message-reason-bars", envelope.reason));
    header.addFocus(new Reference(envelope.focus));
    if (!envelope.definition.isEmpty()) {
      header.setDefinition("https://fhir.nhs.uk/MessageDefinition/" + envelope.definition);
    }
    Extension decisionSupport = header.addExtension();
    decisionSupport.setUrl(BARS + "CDSSExtension");
    decisionSupport.addExtension("RequesterCDSSsoftware", new StringType("Sandbox pathways"));
    decisionSupport.addExtension("RequesterCDSSversion", new StringType("1.0.0"));
    header.getMeta().addProfile(BARS + "BARSMessageHeader-" + envelope.event);
    return header;
  }

  private static String piped(TargetIdentifier target) {
    return target.system() + "|" + target.value();
  }

  /**
   * The Bundle: the header, then the entries as they were put.
   *
   * @param version of the BaRS Application that the message complies with
   */
  Bundle message(MessageHeader header, String version) {
    Bundle bundle = bundle(Bundle.BundleType.MESSAGE, BARS + "BARSBundleMessage");
    bundle.getMeta().setVersionId(version);
    add(bundle, urn(), header);
    entries.forEach(entry -> add(bundle, entry.getKey(), entry.getValue()));
    return bundle;
  }

  /** The entries as the result of a search. */
  Bundle searchset(String self, int total) {
    Bundle bundle = bundle(Bundle.BundleType.SEARCHSET, UK_CORE + "Bundle");
    bundle.setTotal(total);
    bundle.addLink().setRelation("self").setUrl(self);
    entries.forEach(entry -> add(bundle, entry.getKey(), entry.getValue()));
    return bundle;
  }

  private Bundle bundle(Bundle.BundleType type, String profile) {
    Bundle bundle = new Bundle();
    bundle.setId(id);
    bundle.setType(type);
    bundle.setTimestampElement(instant(Duration.ZERO));
    bundle.getMeta().addProfile(profile);
    bundle.getMeta().setLastUpdatedElement(instant(Duration.ZERO));
    return bundle;
  }

  private void add(Bundle bundle, String urn, Resource resource) {
    resource.setId(idOf(urn));
    if (!resource.getMeta().hasLastUpdated()) {
      resource.getMeta().setLastUpdatedElement(instant(Duration.ZERO));
    }
    bundle.addEntry().setFullUrl(urn).setResource(resource);
  }
}
