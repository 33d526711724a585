package org.openbars.router.sandbox;

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
  NHS_111("2000011153", "NHS 111", "/FHIR/R4");

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

  /** The path of its base URL; suppliers' real ones differ as much. */
  public String basePath() {
    return basePath;
  }
}
