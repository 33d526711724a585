package org.openbars.router.inspect;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.DestinationMatch;
import org.openbars.router.message.Inspection;
import org.openbars.router.message.Inspection.State;
import org.openbars.router.message.TargetIdentifier;

/**
 * Reads one request's body while it is streamed. Feed it every chunk in order, then call {@link
 * #finish} or {@link #abandon} once. Nothing here throws, blocks or keeps a chunk; of one body at
 * most {@value #MAX_BYTES} bytes are read. On the exchange's event loop; not thread-safe.
 */
public final class Inspector {
  /** The most bytes read of one body: some 2 ms of an event loop, over all its chunks. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  private static final int SLICE = 8 * 1024;

  /** Chunks are copied through it, so that no tokeniser refers to one. Free between two calls. */
  private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[SLICE]);

  private enum Format {
    JSON,
    XML,
    UNCLEAR
  }

  private final Format declared;
  private @Nullable Envelope envelope;
  private @Nullable Tokeniser tokeniser;
  private @Nullable Inspection result;
  private int bytes;

  private Inspector(Format declared, TargetIdentifier target) {
    this.declared = declared;
    this.envelope = new Envelope(target);
  }

  /**
   * An inspector of a body about to come.
   *
   * @param contentType as sent; where it names neither JSON nor XML the body's first byte tells
   * @param contentEncoding as sent; with any but {@code identity} nothing is read
   */
  public static Inspector of(
      @Nullable String contentType, @Nullable String contentEncoding, TargetIdentifier target) {
    Inspector inspector = new Inspector(format(contentType), target);
    if (contentEncoding != null
        && !contentEncoding.isBlank()
        && !contentEncoding.trim().equalsIgnoreCase("identity")) {
      inspector.stop(State.COMPRESSED);
    }
    return inspector;
  }

  private static Format format(@Nullable String contentType) {
    if (contentType == null) {
      return Format.UNCLEAR;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).trim().toLowerCase(Locale.ROOT);
    if (type.endsWith("json")) {
      return Format.JSON;
    }
    return type.endsWith("xml") ? Format.XML : Format.UNCLEAR;
  }

  /** Reads the body's next bytes; does nothing once reading has stopped. */
  public void feed(Buffer chunk) {
    int length = chunk.length();
    int at = 0;
    byte[] slice = SCRATCH.get();
    while (at < length && isReading()) {
      int size = Math.min(Math.min(SLICE, length - at), MAX_BYTES - bytes);
      if (size == 0) {
        stop(State.TOO_LONG);
        return;
      }
      chunk.getBytes(at, at + size, slice, 0);
      at += size;
      bytes += size;
      read(slice, size);
    }
  }

  private void read(byte[] slice, int size) {
    int start = 0;
    Tokeniser reading = tokeniser;
    if (reading == null) {
      start = start(slice, size);
      if (start == size) {
        return;
      }
      State refused = begin(slice[start]);
      reading = tokeniser;
      if (refused != null || reading == null) {
        stop(refused == null ? State.NOT_READ : refused);
        return;
      }
    }
    if (start > 0) {
      System.arraycopy(slice, start, slice, 0, size - start);
    }
    State stopped = reading.read(slice, size - start);
    if (stopped != null) {
      stop(stopped);
    }
  }

  /** The first byte that is neither white space nor of a byte order mark of UTF-8. */
  private static int start(byte[] slice, int size) {
    int at = 0;
    while (at < size) {
      switch (slice[at]) {
        case ' ', '\t', '\r', '\n', (byte) 0xef, (byte) 0xbb, (byte) 0xbf -> at++;
        default -> {
          return at;
        }
      }
    }
    return at;
  }

  private @Nullable State begin(byte first) {
    Envelope seen = envelope;
    if (seen == null) {
      return State.NOT_READ;
    }
    switch (first) {
      case 0x1f -> {
        return State.COMPRESSED; // gzip's first byte, of a body that does not say so
      }
      case (byte) 0xfe, (byte) 0xff, 0 -> {
        return State.NOT_READ; // UTF-16 or UTF-32
      }
      default -> {}
    }
    boolean json = declared == Format.UNCLEAR ? first == '{' : declared == Format.JSON;
    boolean xml = declared == Format.UNCLEAR ? first == '<' : declared == Format.XML;
    if (json) {
      tokeniser = new JsonTokeniser(seen);
    } else if (xml) {
      tokeniser = new XmlTokeniser(seen);
    }
    return json || xml ? null : State.NOT_READ;
  }

  /** Whether more bytes are of use; false for good once false. */
  public boolean isReading() {
    return result == null;
  }

  /**
   * The message's destination as far as it is known by now: {@link DestinationMatch#UNDETERMINED}
   * until the Bundle's MessageHeader has been read, then final.
   */
  public DestinationMatch destination() {
    if (result != null) {
      return result.destination();
    }
    return envelope == null ? DestinationMatch.UNDETERMINED : envelope.destination();
  }

  /** The body has ended. A second call, here or of {@link #abandon}, gives the same. */
  public Inspection finish() {
    return stop(tokeniser == null || result != null ? State.NOT_READ : tokeniser.end());
  }

  /** The exchange has ended before the body did. */
  public Inspection abandon() {
    return stop(State.PARTIAL);
  }

  private Inspection stop(State state) {
    Inspection stopped = result;
    if (stopped == null) {
      stopped = envelope == null ? Inspection.nothing(state) : envelope.inspection(state);
      result = stopped;
      envelope = null;
      if (tokeniser != null) {
        tokeniser.close();
        tokeniser = null;
      }
    }
    return stopped;
  }
}
