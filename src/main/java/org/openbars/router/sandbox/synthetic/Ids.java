package org.openbars.router.sandbox.synthetic;

import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/** Ids of resources: HAPI reads a full URL {@code urn:uuid:...} as the id of the entry. */
public final class Ids {
  static final String URN = "urn:uuid:";

  private Ids() {}

  /** The id by itself; null when the resource has none. */
  public static @Nullable String find(Resource resource) {
    String id = resource.getIdElement().getIdPart();
    return id != null && id.startsWith(URN) ? id.substring(URN.length()) : id;
  }

  /** The id by itself; empty when the resource has none. */
  public static String of(Resource resource) {
    String id = find(resource);
    return id == null ? "" : id;
  }

  /** The full URL of the resource's entry. */
  public static String urn(Resource resource) {
    return URN + of(resource);
  }
}
