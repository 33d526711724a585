package org.openbars.router.sandbox.synthetic;

import java.time.LocalDate;
import org.hl7.fhir.r4.model.Address;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.ContactPoint;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointSystem;
import org.hl7.fhir.r4.model.ContactPoint.ContactPointUse;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.HumanName;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.PractitionerRole;
import org.hl7.fhir.r4.model.Reference;
import org.openbars.router.message.NhsNumber;

/**
 * People and places that do not exist: family names say so, telephone numbers are those that Ofcom
 * keeps for drama, postcodes the pseudo ones (ZZ99), mail addresses of example.org.
 */
final class SyntheticPeople {
  private static final String ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";

  private SyntheticPeople() {}

  static Patient patient(MessageDraft draft, String practice) {
    boolean female = draft.upTo(2) == 0;
    String given = female ? draft.pick("Ada", "Ivy", "Mabel") : draft.pick("Alfie", "Rory", "Wilf");
    String family = "Zztest-" + draft.pick("Ashdown", "Birkett", "Calloway", "Dunmore", "Eastwell");
    Patient patient = new Patient();
    patient.addIdentifier(verified(draft.nhsNumber()));
    patient.addExtension(
        MessageDraft.UK_CORE.replace("UKCore-", "Extension-UKCore-EthnicCategory"),
        MessageDraft.concept(
            "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory", "Z", "Not stated"));
    HumanName name = patient.addName();
    name.setUse(HumanName.NameUse.OFFICIAL).setFamily(family).addGiven(given);
    name.addPrefix(female ? "Ms" : "Mr").setText((female ? "Ms " : "Mr ") + given + " " + family);
    patient.setGender(female ? AdministrativeGender.FEMALE : AdministrativeGender.MALE);
    LocalDate born = LocalDate.of(1935 + draft.upTo(80), 1 + draft.upTo(12), 1 + draft.upTo(28));
    patient.setBirthDateElement(new DateType(born.toString()));
    patient.addTelecom(phone(ContactPointUse.MOBILE, "07700 900" + (100 + draft.upTo(900)), 1));
    patient.addAddress(address(draft));
    contacts(draft, patient);
    patient
        .addCommunication()
        .setPreferred(true)
        .setLanguage(
            MessageDraft.concept(
                "https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage", "en", "English"));
    patient.addGeneralPractitioner(new Reference(practice));
    return patient;
  }

  private static Identifier verified(String nhsNumber) {
    Identifier identifier = new Identifier();
    identifier.setSystem(NhsNumber.SYSTEM).setValue(nhsNumber);
    CodeableConcept status =
        MessageDraft.concept(
            "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
            "number-present-and-verified",
            "Number present and verified");
    identifier.addExtension(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        status);
    return identifier;
  }

  private static Address address(MessageDraft draft) {
    String street =
        1 + draft.upTo(120) + " " + draft.pick("Sample", "Pattern", "Specimen") + " Row";
    Address address = new Address();
    address.setUse(Address.AddressUse.HOME).setType(Address.AddressType.BOTH);
    address.addLine(street).setCity("Testington").setDistrict("Examplshire");
    address.setPostalCode("ZZ99 3WZ").setText(street + ", Testington, Examplshire, ZZ99 3WZ");
    return address;
  }

  private static void contacts(MessageDraft draft, Patient patient) {
    contact(draft, patient, 1, "ONESELF", "self");
    Patient.ContactComponent next = contact(draft, patient, 2, "SIB", "sibling");
    next.getName().setFamily("Zztest-Fenwick").addGiven(draft.pick("Jo", "Sam", "Alex"));
    next.setGender(AdministrativeGender.OTHER);
  }

  private static Patient.ContactComponent contact(
      MessageDraft draft, Patient patient, int rank, String role, String display) {
    Patient.ContactComponent contact = patient.addContact();
    contact.addExtension(
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactRank",
        new PositiveIntType(rank));
    contact.addRelationship(MessageDraft.concept(ROLES, role, display));
    contact.addTelecom(phone(ContactPointUse.HOME, "01632 960" + (100 + draft.upTo(900)), 2));
    contact.addTelecom(phone(ContactPointUse.MOBILE, "07700 900" + (100 + draft.upTo(900)), 1));
    ContactPoint mail = new ContactPoint();
    mail.setSystem(ContactPointSystem.EMAIL).setUse(ContactPointUse.HOME).setRank(3);
    contact.addTelecom(mail.setValue("zztest" + draft.upTo(1000) + "@example.org"));
    return contact;
  }

  private static ContactPoint phone(ContactPointUse use, String number, int rank) {
    ContactPoint phone = new ContactPoint();
    phone.setSystem(ContactPointSystem.PHONE).setUse(use).setRank(rank).setValue(number);
    return phone;
  }

  static Organization organization(String ods, String name) {
    Organization organization = new Organization();
    organization.addIdentifier().setSystem(MessageDraft.ODS).setValue(ods);
    organization.setActive(true).setName(name);
    organization.addTelecom(phone(ContactPointUse.WORK, "01632 960987", 1));
    return organization;
  }

  static Practitioner practitioner(MessageDraft draft) {
    Practitioner practitioner = new Practitioner();
    practitioner
        .addIdentifier()
        .setSystem("https://fhir.nhs.uk/Id/sds-role-profile-id")
        .setValue("5559" + (10_000_000 + draft.upTo(90_000_000)));
    practitioner
        .addName()
        .setFamily("Zztest-" + draft.pick("Garside", "Holroyd", "Ingham"))
        .addGiven(draft.pick("Kit", "Lee", "Morgan"))
        .addPrefix("Dr");
    practitioner.addTelecom(phone(ContactPointUse.WORK, "01632 960555", 1));
    return practitioner;
  }

  static PractitionerRole role(String practitioner, String organization) {
    PractitionerRole role = new PractitionerRole();
    role.setPractitioner(new Reference(practitioner));
    role.setOrganization(new Reference(organization));
    role.addCode(
        MessageDraft.concept(
            "http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor", "Doctor"));
    role.addSpecialty(
        MessageDraft.concept("http://snomed.info/sct", "408443003", "General medical practice"));
    return role;
  }

  static Location location(String name) {
    Location location = new Location();
    location.setName(name);
    location.getAddress().addLine("1 Pattern Square").setCity("Testington").setCountry("UK");
    location.getAddress().setPostalCode("ZZ99 3VZ");
    location.getPosition().setLongitude(-1.5).setLatitude(53.5);
    return location;
  }
}
