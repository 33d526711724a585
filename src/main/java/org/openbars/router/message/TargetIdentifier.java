package org.openbars.router.message;

/**
 * What the sender writes in {@code NHSD-Target-Identifier}: the service a message is for. Both
 * parts match exactly, case included (bars-proxy lookup rule).
 */
public record TargetIdentifier(String system, String value) {
  public TargetIdentifier {
    if (system.isEmpty()) {
      throw new IllegalArgumentException("system must not be empty");
    }
    if (value.isEmpty()) {
      throw new IllegalArgumentException("value must not be empty");
    }
  }
}
