package org.openbars.router.sandbox.synthetic;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.openbars.router.message.TargetIdentifier;

/**
 * The care settings that the sandbox plays, each a service with a ten-digit id as the Directory of
 * Services gives them. The ids are made up.
 */
public enum CareSetting {
  EMERGENCY_DEPARTMENT("2000011147", "emergency department", "/FHIR/R4"),
  URGENT_TREATMENT_CENTRE("2000011148", "urgent treatment centre", "/FHIR/R4"),
  CLINICAL_ASSESSMENT_SERVICE("2000011149", "clinical assessment service", "/api/r4"),
  AMBULANCE_CONTROL_ROOM("2000011150", "ambulance control room", "/bars"),
  PHARMACY("2000011151", "community pharmacy", "/fhirR4/api/bars"),
  GENERAL_PRACTICE("2000011152", "general practice", ""),
  NHS_111("2000011153", "NHS 111", "/FHIR/R4"),
  SAME_DAY_EMERGENCY_CARE("2000011154", "same day emergency care", "/FHIR/R4"),
  URGENT_AND_EMERGENCY_CARE("2000011155", "urgent and emergency care", "/FHIR/R4"),
  NEIGHBOURING_CONTROL_ROOM("2000011156", "neighbouring control room", "/bars"),
  FALLS_SERVICE("2000011157", "falls service", "/api/r4"),
  COMMUNITY_SERVICE("2000011158", "community service", "/api/r4"),
  NHS_111_ONLINE("2000011159", "NHS 111 online", "/FHIR/R4"),
  STREAMING_AND_REDIRECTION("2000011160", "streaming and redirection", "/FHIR/R4"),
  PATIENT_FACING_SERVICE("2000011161", "patient-facing service", "/FHIR/R4"),
  ADVICE_AND_GUIDANCE("2000011162", "advice and guidance", "/FHIR/R4"),
  REFERRAL_BROKER("2000011163", "referral broker", "/FHIR/R4");

  /** The system of these ids. */
  public static final String SYSTEM = "https://fhir.nhs.uk/Id/dos-service-id";

  private final String serviceId;
  private final String label;
  private final String basePath;

  CareSetting(String serviceId, String label, String basePath) {
    this.serviceId = serviceId;
    this.label = label;
    this.basePath = basePath;
  }

  public TargetIdentifier target() {
    return new TargetIdentifier(SYSTEM, serviceId);
  }

  public String label() {
    return label;
  }

  /** The label as one word, as {@code emergency-department}. */
  public String word() {
    return label.replace(' ', '-').toLowerCase(Locale.ROOT);
  }

  /** The setting of a {@link #word()}. */
  public static Optional<CareSetting> named(String word) {
    return Stream.of(values()).filter(setting -> setting.word().equals(word)).findFirst();
  }

  /** The setting that a service id names. */
  public static Optional<CareSetting> of(TargetIdentifier target) {
    return Stream.of(values()).filter(setting -> setting.target().equals(target)).findFirst();
  }

  /** The ODS code of the organisation that runs it; made up. */
  public String odsCode() {
    return "ZZ9" + serviceId.substring(serviceId.length() - 3);
  }

  /** The path of its base URL; suppliers' real ones differ as much. */
  public String basePath() {
    return basePath;
  }
}
