package org.openbars.router.message;

/**
 * An API version as written in {@code Accept: application/fhir+json; version=1.1.0}. Each part is 0
 * to 9999.
 */
public record ApiVersion(int major, int minor, int patch) implements Comparable<ApiVersion> {
  private static final int MAX_PART = 9999;

  public ApiVersion {
    check("major", major);
    check("minor", minor);
    check("patch", patch);
  }

  private static void check(String name, int part) {
    if (part < 0 || part > MAX_PART) {
      throw new IllegalArgumentException(name + " must be 0 to " + MAX_PART + ", is " + part);
    }
  }

  @Override
  public int compareTo(ApiVersion other) {
    int byMajor = Integer.compare(major, other.major);
    if (byMajor != 0) {
      return byMajor;
    }
    int byMinor = Integer.compare(minor, other.minor);
    return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
