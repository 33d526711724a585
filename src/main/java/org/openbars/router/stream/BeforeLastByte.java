package org.openbars.router.stream;

/**
 * What must be done before the sender's answer becomes whole, nothing being able to go wrong any
 * more on the receiver's side. Calls back once, at once or later on the same event loop.
 */
@FunctionalInterface
public interface BeforeLastByte {
  void run(Runnable then);
}
