package org.openbars.router;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes SIGTERM and SIGINT out of the Java runtime's hands, which would exit with 143 and take no
 * second one: the first stops the router in order, the second ends the process at once.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
  private static final int SIGNALLED = 128;

  private StopSignals() {}

  /**
   * @param first runs once, on a thread of the runtime; must not block
   */
  static void handle(Runnable first) {
    AtomicBoolean stopping = new AtomicBoolean();
    Consumer<Integer> each =
        number -> {
          if (stopping.compareAndSet(false, true)) {
            first.run();
          } else {
            Runtime.getRuntime().halt(SIGNALLED + number);
          }
        };
    on("TERM", each);
    on("INT", each);
  }

  /** Tells {@code then} the number of each signal of this name; where there is none, nothing. */
  static void on(String name, Consumer<Integer> then) {
    try {
      // By reflection: the compiler warns of sun.misc whatever it is told, and warnings are errors.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler told =
          (proxy, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
              return method.invoke(then, arguments);
            }
            then.accept((Integer) signal.getMethod("getNumber").invoke(arguments[0]));
            return null;
          };
      Object proxy =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, told);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      LOG.warn("SIG{} is left to the Java runtime: {}", name, String.valueOf(e.getCause()));
    }
  }
}
