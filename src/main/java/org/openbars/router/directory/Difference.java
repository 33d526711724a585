package org.openbars.router.directory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Target;
import org.openbars.router.message.TargetIdentifier;

/**
 * How a table differs from the one before.
 *
 * @param listed the first {@value #MOST_LISTED} of each kind
 */
public record Difference(int added, int removed, int changed, List<Entry> listed) {
  static final int MOST_LISTED = 100;

  public Difference {
    listed = List.copyOf(listed);
  }

  /**
   * One target identifier.
   *
   * @param before null when it was not known
   * @param after null when it is no longer known
   */
  public record Entry(TargetIdentifier target, @Nullable Target before, @Nullable Target after) {}

  static Difference between(RoutingTable before, RoutingTable after) {
    List<Entry> listed = new ArrayList<>();
    int[] counts = new int[3];
    after.each(
        (target, now) -> {
          Target was = found(before.find(target));
          if (!now.equals(was)) {
            int kind = was == null ? 0 : 2;
            if (counts[kind]++ < MOST_LISTED) {
              listed.add(new Entry(target, was, now));
            }
          }
        });
    before.each(
        (target, was) -> {
          if (found(after.find(target)) == null && counts[1]++ < MOST_LISTED) {
            listed.add(new Entry(target, was, null));
          }
        });
    return new Difference(counts[0], counts[1], counts[2], listed);
  }

  private static @Nullable Target found(Lookup lookup) {
    return lookup instanceof Lookup.Found found ? found.target() : null;
  }
}
