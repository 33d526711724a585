package org.openbars.router.sandbox.synthetic;

import java.util.regex.Pattern;

/**
 * One use case of a BaRS Application: who sends, who receives, and what about.
 *
 * @param code of the CodeSystem usecases-categories-bars, as {@code a4t1}
 * @param application as {@code APP4}
 * @param version of the application, in {@code Bundle.meta.versionId}
 */
public record UseCase(
    String code,
    String application,
    String version,
    Category category,
    CareSetting sender,
    CareSetting receiver) {
  /** The system of these codes. */
  public static final String SYSTEM = "https://fhir.nhs.uk/CodeSystem/usecases-categories-bars";

  private static final Pattern CODE = Pattern.compile("a[1-9]t[1-9][0-9]?");
  private static final Pattern VERSION =
      Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(-(alpha|beta)(\\.[0-9]+)?)?");

  /** What a ServiceRequest asks for: its category, of message-category-servicerequest. */
  public enum Category {
    REFERRAL("referral"),
    VALIDATION("validation");

    private final String code;

    Category(String code) {
      this.code = code;
    }

    public String code() {
      return code;
    }
  }

  public UseCase {
    if (!CODE.matcher(code).matches()) {
      throw new IllegalArgumentException("code must be like a4t1, is " + code);
    }
    if (!VERSION.matcher(version).matches()) {
      throw new IllegalArgumentException("version must be like 2.1.0, is " + version);
    }
  }

  /** The version's first number. */
  public int major() {
    return majorOf(version);
  }

  /** The first number of a version, 0 when it is none. */
  public static int majorOf(String version) {
    return VERSION.matcher(version).matches()
        ? Integer.parseInt(version.substring(0, version.indexOf('.')))
        : 0;
  }
}
