package org.openbars.router.directory;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openbars.router.directory.Suspension.Scope;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.TargetIdentifier;

/** Everything that is suspended, as one immutable snapshot. Any thread. */
final class Stopped {
  static final Stopped NOTHING = new Stopped(List.of());

  private final Map<Scope, Map<String, Suspension>> bySubject = new EnumMap<>(Scope.class);
  private final List<Suspension> all;

  Stopped(Collection<Suspension> suspensions) {
    all = List.copyOf(suspensions);
    for (Scope scope : Scope.values()) {
      bySubject.put(scope, new HashMap<>());
    }
    all.forEach(each -> of(each.scope()).put(each.subject(), each));
  }

  private Map<String, Suspension> of(Scope scope) {
    return bySubject.getOrDefault(scope, Map.of());
  }

  List<Suspension> all() {
    return all;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether who sends must be known, which costs a look into a header. */
  boolean namesApplications() {
    return !of(Scope.APPLICATION).isEmpty();
  }

  @Nullable Suspension target(TargetIdentifier target, ReceiverHost receiver) {
    Suspension own = of(Scope.TARGET).get(target.system() + "|" + target.value());
    if (own != null || of(Scope.RECEIVER).isEmpty()) {
      return own;
    }
    Suspension host = of(Scope.RECEIVER).get(receiver.host());
    return host != null ? host : of(Scope.RECEIVER).get(receiver.toString());
  }

  @Nullable Suspension application(String subject) {
    return of(Scope.APPLICATION).get(subject);
  }
}
