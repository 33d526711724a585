package org.openbars.router.inspect;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in a FHIR document where something of interest stands or lies below: a fixed tree, walked
 * by member or element name, so that following a document makes no garbage. Every other place has
 * no step. Immutable once built; shared by all threads.
 */
final class Step {
  /** What stands here as a text. */
  enum Leaf {
    NONE,
    RESOURCE_TYPE,
    ID,
    TIMESTAMP,
    STATUS,
    DEFINITION,
    SOURCE_ENDPOINT,
    DESTINATION_ENDPOINT,
    RESPONSE_IDENTIFIER,
    FOCUS,
    FULL_URL,
    PAIR_SYSTEM,
    PAIR_VALUE
  }

  /** What begins and ends here. */
  enum Scope {
    NONE,
    DOCUMENT,
    ENTRY,
    RESOURCE,
    EVENT,
    REASON,
    CATEGORY,
    OTHER_CODING,
    IDENTIFIER,
    PATIENT_IDENTIFIER
  }

  /** The resource that the body is: a Bundle, or one by itself. */
  static final Step DOCUMENT = resource(Scope.DOCUMENT);

  /** The resource of a Bundle's entry. */
  static final Step RESOURCE = resource(Scope.RESOURCE);

  static {
    DOCUMENT.leaf("timestamp", Leaf.TIMESTAMP);
    DOCUMENT.step("entry", Scope.ENTRY).leaf("fullUrl", Leaf.FULL_URL).put("resource", RESOURCE);
  }

  private final Scope scope;
  private final Leaf leaf;
  private final Map<String, Step> below = new HashMap<>();

  private Step(Scope scope, Leaf leaf) {
    this.scope = scope;
    this.leaf = leaf;
  }

  Scope scope() {
    return scope;
  }

  Leaf leaf() {
    return leaf;
  }

  /** Where {@code name} leads, null when nothing of interest lies there. */
  @Nullable Step below(String name) {
    return below.get(name);
  }

  /**
   * The members of every resource of interest together: in JSON its type may be told last, so which
   * ones count is known only at its end. {@code contained} is none of them.
   */
  private static Step resource(Scope scope) {
    Step resource = new Step(scope, Leaf.NONE);
    resource.leaf("resourceType", Leaf.RESOURCE_TYPE);
    resource.leaf("id", Leaf.ID);
    resource.leaf("status", Leaf.STATUS);
    resource.pair("identifier", Scope.IDENTIFIER, "value");
    resource.leaf("definition", Leaf.DEFINITION);
    resource.pair("eventCoding", Scope.EVENT, "code");
    resource.step("reason", Scope.NONE).pair("coding", Scope.REASON, "code");
    resource.step("source", Scope.NONE).leaf("endpoint", Leaf.SOURCE_ENDPOINT);
    resource.step("destination", Scope.NONE).leaf("endpoint", Leaf.DESTINATION_ENDPOINT);
    resource.step("response", Scope.NONE).leaf("identifier", Leaf.RESPONSE_IDENTIFIER);
    resource.step("focus", Scope.NONE).leaf("reference", Leaf.FOCUS);
    resource.step("category", Scope.NONE).pair("coding", Scope.CATEGORY, "code");
    resource.step("code", Scope.NONE).pair("coding", Scope.OTHER_CODING, "code");
    resource.step("serviceCategory", Scope.NONE).pair("coding", Scope.OTHER_CODING, "code");
    resource.step("subject", Scope.NONE).pair("identifier", Scope.PATIENT_IDENTIFIER, "value");
    resource
        .step("participant", Scope.NONE)
        .step("actor", Scope.NONE)
        .pair("identifier", Scope.PATIENT_IDENTIFIER, "value");
    return resource;
  }

  private void pair(String name, Scope pairScope, String second) {
    step(name, pairScope).leaf("system", Leaf.PAIR_SYSTEM).leaf(second, Leaf.PAIR_VALUE);
  }

  private Step leaf(String name, Leaf what) {
    return put(name, new Step(Scope.NONE, what));
  }

  private Step step(String name, Scope what) {
    Step step = new Step(what, Leaf.NONE);
    put(name, step);
    return step;
  }

  private Step put(String name, Step step) {
    below.put(name, step);
    return this;
  }
}
