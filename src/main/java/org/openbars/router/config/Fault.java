package org.openbars.router.config;

/**
 * One reason not to start. {@link #toString()} is the line an operator reads; it never holds a
 * secret key's value.
 *
 * @param key empty when the fault is of the whole file
 * @param problem what is wrong
 * @param allowed what would be right; empty when the problem says so
 */
public record Fault(Place place, String key, String problem, String allowed)
    implements Comparable<Fault> {

  @Override
  public int compareTo(Fault other) {
    return place.compareTo(other.place);
  }

  @Override
  public String toString() {
    return place
        + ": "
        + (key.isEmpty() ? "" : key + ": ")
        + problem
        + (allowed.isEmpty() ? "" : "; allowed " + allowed);
  }
}
