package org.openbars.router.sandbox.care;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.openbars.router.message.TargetIdentifier;

/**
 * Which messages each service of the sandbox is known to have sent, the latest ten thousand: a
 * response names one of them. Safe on any thread.
 */
public final class Correspondence {
  private static final int LIMIT = 10_000;

  private final Set<String> sent =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > LIMIT;
            }
          });

  /** Notes that a service has sent the Bundle with this id. */
  public void sent(TargetIdentifier sender, String bundleId) {
    sent(sender.system() + "|" + sender.value(), bundleId);
  }

  /**
   * @param sender as MessageHeader.source.endpoint writes it
   */
  void sent(String sender, String bundleId) {
    synchronized (sent) {
      sent.add(sender + " " + bundleId);
    }
  }

  boolean hasSent(TargetIdentifier sender, String bundleId) {
    synchronized (sent) {
      return sent.contains(sender.system() + "|" + sender.value() + " " + bundleId);
    }
  }
}
