package org.openbars.router.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.inspect.Inspection.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Walks FHIR JSON with Jackson's non-blocking parser; arrays are looked through. */
final class JsonTokeniser implements Tokeniser {
  private static final Logger LOG = LoggerFactory.getLogger(JsonTokeniser.class);
  private static final int MAX_NAME = 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxStringLength(MAX_TOKEN)
                  .maxNumberLength(1000)
                  .maxNameLength(MAX_NAME)
                  .build())
          // Names come from outside: interned ones would stay for good.
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .build();

  private final Envelope envelope;
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private final @Nullable Step[] steps = new Step[MAX_DEPTH + 1];

  /** Bit n: the container at depth n is an array. */
  private long arrays;

  private int depth;

  /** The depth of the outermost container that holds nothing of interest; 0 outside of one. */
  private int skipped;

  private @Nullable Step next = Step.DOCUMENT;
  private boolean ended;
  private int silent;

  JsonTokeniser(Envelope envelope) {
    this.envelope = envelope;
    try {
      this.parser = FACTORY.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  }

  @Override
  public @Nullable State read(byte[] bytes, int length) {
    try {
      feeder.feedInput(bytes, 0, length);
      boolean heard = false;
      JsonToken token = parser.nextToken();
      while (token != JsonToken.NOT_AVAILABLE && token != null) {
        heard = true;
        State stop = token(token);
        if (stop != null) {
          return stop;
        }
        token = parser.nextToken();
      }
      // The parser checks some lengths only at a token's end, so what it holds is bounded here.
      silent = heard ? 0 : silent + length;
      return silent > MAX_TOKEN ? State.TOO_LARGE_VALUE : null;
    } catch (StreamConstraintsException e) {
      return State.TOO_LARGE_VALUE;
    } catch (IOException | RuntimeException e) {
      // RuntimeException as well: parsers have thrown them on hostile bytes.
      return State.MALFORMED;
    }
  }

  private @Nullable State token(JsonToken token) throws IOException {
    switch (token) {
      case FIELD_NAME -> {
        if (skipped == 0) {
          Step at = steps[depth];
          next = at == null ? null : at.below(parser.currentName());
        }
      }
      case START_OBJECT, START_ARRAY -> {
        if (ended) {
          return State.MALFORMED;
        }
        return open(token == JsonToken.START_ARRAY);
      }
      case END_OBJECT, END_ARRAY -> leave();
      default -> {
        if (ended) {
          return State.MALFORMED;
        }
        ended = depth == 0;
        if (skipped == 0
            && token == JsonToken.VALUE_STRING
            && next != null
            && next.leaf() != Step.Leaf.NONE) {
          envelope.text(next.leaf(), parser.getText());
        }
      }
    }
    return null;
  }

  private @Nullable State open(boolean array) {
    if (depth == MAX_DEPTH) {
      return State.TOO_DEEP;
    }
    boolean root = depth == 0;
    depth++;
    if (skipped > 0) {
      return null;
    }
    // No FHIR resource is an array.
    Step step = root && array ? null : next;
    if (step == null) {
      skipped = depth;
      return null;
    }
    steps[depth] = step;
    if (array) {
      arrays |= 1L << (depth - 1);
    } else {
      arrays &= ~(1L << (depth - 1));
      envelope.open(step);
    }
    return null;
  }

  private void leave() {
    if (skipped == 0) {
      Step step = steps[depth];
      if (step != null && !isArray()) {
        envelope.close(step);
      }
    } else if (skipped == depth) {
      skipped = 0;
    }
    depth--;
    ended = depth == 0;
    // The next item of an array stands where this one did.
    next = depth > 0 && skipped == 0 && isArray() ? steps[depth] : null;
  }

  private boolean isArray() {
    return (arrays & (1L << (depth - 1))) != 0;
  }

  @Override
  public State end() {
    try {
      feeder.endOfInput();
      JsonToken token = parser.nextToken();
      if (token != null && token(token) != null) {
        return State.MALFORMED;
      }
      return ended ? State.COMPLETE : State.MALFORMED;
    } catch (IOException | RuntimeException e) {
      return State.MALFORMED;
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException | RuntimeException e) {
      // Nothing is open below it: there is nobody to tell, and nothing to lose.
      LOG.debug("closing a tokeniser: {}", e.getClass().getName());
    }
  }
}
