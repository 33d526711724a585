package org.openbars.router.sandbox.care;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What became of each request id, the latest ten thousand (Core 1.5.0, Receiver-responsibilities):
 * a retry is answered 425 while the first is being processed, 409 when it succeeded, and as the
 * first when that failed. Safe on any thread.
 */
final class Processed {
  private static final int LIMIT = 10_000;

  private final Map<String, Fate> fates =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Fate> eldest) {
          return size() > LIMIT;
        }
      };

  private sealed interface Fate {
    record Begun() implements Fate {}

    record Ended(CareAnswer answer) implements Fate {}
  }

  /** Empty for the first; the answer to a retry of one that failed. */
  synchronized Optional<CareAnswer> begin(String requestId) throws Refusal {
    Fate fate = fates.putIfAbsent(requestId, new Fate.Begun());
    if (fate == null) {
      return Optional.empty();
    }
    if (fate instanceof Fate.Ended ended) {
      if (ended.answer().status() < 400) {
        throw Refusal.duplicate();
      }
      return Optional.of(ended.answer());
    }
    throw Refusal.tooEarly();
  }

  synchronized void end(String requestId, CareAnswer answer) {
    fates.put(requestId, new Fate.Ended(answer));
  }
}
