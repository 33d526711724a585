package org.openbars.router.wire;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The node's {@link Credentials}: read at the start, looked at again every quarter of a second, and
 * taken up when they changed and belong together. Files are replaced one after another, so that for
 * a moment a key may not fit its certificate: until it does, the last good ones stay in use. Any
 * thread; one of its own does the looking.
 */
public final class Keyring implements AutoCloseable {
  private static final int LOOK_MS = 250;

  /** Hears what becomes of changed files, on the keyring's thread. */
  public interface Diary {
    /** They are in use from now on. */
    void taken(PemFiles files);

    /** They are not; said once for each reason. */
    void refused(PemFiles files, String problem);
  }

  /** The credentials of one use, as they change. */
  public static final class Held {
    private final PemFiles files;
    private final List<Consumer<Credentials>> users = new CopyOnWriteArrayList<>();
    private volatile Credentials now;
    private @Nullable String problem;

    private Held(PemFiles files, Credentials now) {
      this.files = files;
      this.now = now;
    }

    /** Those in use. */
    public Credentials now() {
      return now;
    }

    /** Tells {@code user} of new ones, on the keyring's thread, until what is returned is run. */
    public Runnable onChange(Consumer<Credentials> user) {
      users.add(user);
      return () -> users.remove(user);
    }
  }

  private final TlsEngine engine;
  private final Diary diary;
  private final Map<PemFiles, Held> held = new ConcurrentHashMap<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Keyring(TlsEngine engine, Diary diary) {
    this.engine = engine;
    this.diary = diary;
  }

  /**
   * Reads all of {@code files} and begins to look after them. Blocking.
   *
   * @throws IOException when some cannot be used
   */
  public static Keyring open(TlsEngine engine, Collection<PemFiles> files, Diary diary)
      throws IOException {
    Keyring keyring = new Keyring(engine, diary);
    for (PemFiles each : files) {
      keyring.held.put(each, new Held(each, Credentials.read(each)));
    }
    Thread looking = new Thread(keyring::lookUntilClosed, "keyring");
    looking.setDaemon(true);
    looking.start();
    return keyring;
  }

  /** What speaks TLS with them. */
  public TlsEngine engine() {
    return engine;
  }

  /**
   * The credentials of one use.
   *
   * @throws IllegalArgumentException when it was not opened with them
   */
  public Held of(PemFiles files) {
    Held found = held.get(files);
    if (found == null) {
      throw new IllegalArgumentException("not opened with " + files);
    }
    return found;
  }

  private void lookUntilClosed() {
    try {
      while (!closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        held.values().forEach(this::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Held one) {
    try {
      // Read whole each time: a few kilobytes, and no attribute tells every way of replacing.
      if (!one.now.differ(one.files)) {
        one.problem = null;
        return;
      }
      Credentials fresh = Credentials.read(one.files);
      one.now = fresh;
      one.problem = null;
      one.users.forEach(user -> user.accept(fresh));
      diary.taken(one.files);
    } catch (IOException | RuntimeException e) {
      String problem =
          e instanceof NoSuchFileException
              ? e.getMessage() + ": is not there"
              : String.valueOf(e.getMessage());
      // The first time may be the moment between two files.
      if (one.problem == null) {
        one.problem = "";
      } else if (!one.problem.equals(problem)) {
        one.problem = problem;
        diary.refused(one.files, problem);
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
