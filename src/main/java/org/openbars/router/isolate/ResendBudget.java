package org.openbars.router.isolate;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much may be sent again to one receiver host: a part of what is sent to it, saved up to
 * {@value #MOST} messages. Starts empty, so that the part is kept from the first message on. Any
 * thread.
 */
public final class ResendBudget {
  static final int MOST = 10;
  private static final int WHOLE = 1000;

  private final int perExchange;
  private final AtomicInteger saved = new AtomicInteger();

  /**
   * @param part 0 to 1
   */
  public ResendBudget(double part) {
    this.perExchange = (int) Math.floor(part * WHOLE);
  }

  /** An exchange sets out. */
  public void exchange() {
    // Threads that come here together may save a few parts too many, which the next ones do not.
    if (saved.get() < MOST * WHOLE) {
      saved.addAndGet(perExchange);
    }
  }

  /** Takes one message's worth, if there is. */
  public boolean take() {
    for (int now = saved.get(); now >= WHOLE; now = saved.get()) {
      if (saved.compareAndSet(now, now - WHOLE)) {
        return true;
      }
    }
    return false;
  }
}
