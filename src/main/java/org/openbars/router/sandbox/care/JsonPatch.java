package org.openbars.router.sandbox.care;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** As much of RFC 6902 as a booking's or referral's change needs: members of the resource. */
final class JsonPatch {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonPatch() {}

  /**
   * @param resource as FHIR JSON
   * @param patch a JSON array of add, replace and remove, each with a path of one member
   */
  static String apply(String resource, String patch) throws Refusal {
    try {
      ObjectNode changed = (ObjectNode) JSON.readTree(resource);
      JsonNode operations = JSON.readTree(patch);
      if (!operations.isArray() || operations.isEmpty()) {
        throw Refusal.invalid("A patch must be a JSON array of operations.");
      }
      for (JsonNode operation : operations) {
        apply(changed, operation);
      }
      return changed.toString();
    } catch (JsonProcessingException e) {
      throw Refusal.invalid("The patch is not JSON.");
    }
  }

  private static void apply(ObjectNode resource, JsonNode operation) throws Refusal {
    String path = operation.path("path").asText();
    if (path.lastIndexOf('/') != 0) {
      throw Refusal.notSupported("A patch's path must be one member of the resource.");
    }
    String member = path.substring(1);
    switch (operation.path("op").asText()) {
      case "add", "replace" -> resource.set(member, operation.path("value"));
      case "remove" -> resource.remove(member);
      default -> throw Refusal.notSupported("A patch's op must be add, replace or remove.");
    }
  }
}
