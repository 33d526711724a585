package org.openbars.router.inspect;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Inspection.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks FHIR JSON with Jackson's non-blocking parser; arrays are looked through. Containers off
 * every {@link Step}, and resources of other types, are passed over by {@link JsonPassage}.
 */
final class JsonTokeniser implements Tokeniser {
  private static final Logger LOG = LoggerFactory.getLogger(JsonTokeniser.class);

  private final Envelope envelope;
  private final PassingParser parser = PassingParser.create();
  private final JsonPassage passage = new JsonPassage();
  private final @Nullable Step[] steps = new Step[MAX_DEPTH + 1];

  /** Bit n: the container at depth n + 1 is an array. */
  private long arrays;

  private int depth;
  private boolean passing;
  private boolean ended;

  /** Where the next value stands. */
  private @Nullable Step next = Step.DOCUMENT;

  /** Bytes read since the parser last had a token. */
  private int silent;

  JsonTokeniser(Envelope envelope) {
    this.envelope = envelope;
  }

  @Override
  public @Nullable State read(byte[] bytes, int length) {
    try {
      int from = passing ? pass(bytes, 0, length) : 0;
      if (passing) {
        return passage.fault();
      }
      parser.feedInput(bytes, from, length);
      return tokens(bytes, from, length);
    } catch (StreamConstraintsException e) {
      return State.TOO_LARGE_VALUE;
    } catch (IOException | RuntimeException e) {
      // RuntimeException as well: parsers have thrown them on hostile bytes.
      return State.MALFORMED;
    }
  }

  private @Nullable State tokens(byte[] bytes, int from, int length) throws IOException {
    int heardAt = from;
    boolean heard = false;
    JsonToken token = parser.nextToken();
    while (token != JsonToken.NOT_AVAILABLE) {
      heard = true;
      State stop = token(token);
      if (stop != null) {
        return stop;
      }
      if (passing) {
        parser.pass(pass(bytes, parser.position(), length));
        if (passing) {
          silent = 0;
          return passage.fault();
        }
      }
      heardAt = parser.position();
      token = parser.nextToken();
    }
    if (parser.names() > MAX_NAMES) {
      return State.TOO_LONG;
    }
    // The parser checks some lengths only at a token's end, so what it holds is bounded here.
    silent = (heard ? 0 : silent) + length - heardAt;
    return silent > MAX_TOKEN ? State.TOO_LARGE_VALUE : null;
  }

  private int pass(byte[] bytes, int from, int length) {
    int at = passage.pass(bytes, from, length);
    passing = at == length;
    return at;
  }

  private @Nullable State token(JsonToken token) throws IOException {
    switch (token) {
      case FIELD_NAME -> {
        Step at = steps[depth];
        next = at == null ? null : at.below(parser.currentName());
      }
      case START_OBJECT, START_ARRAY -> {
        return enter(token == JsonToken.START_ARRAY);
      }
      case END_OBJECT, END_ARRAY -> leave();
      default -> {
        if (ended) {
          return State.MALFORMED;
        }
        ended = depth == 0;
        if (token == JsonToken.VALUE_STRING && next != null) {
          text(next.leaf());
        }
      }
    }
    return null;
  }

  private void text(Step.Leaf leaf) throws IOException {
    if (leaf == Step.Leaf.NONE) {
      return;
    }
    String text = parser.getText();
    envelope.text(leaf, text);
    if (leaf == Step.Leaf.RESOURCE_TYPE
        && steps[depth] == Step.RESOURCE
        && !Envelope.isOfInterest(text)) {
      passOver();
    }
  }

  private void passOver() {
    passing = true;
    passage.begin(MAX_DEPTH - depth);
  }

  private @Nullable State enter(boolean array) {
    if (ended) {
      return State.MALFORMED;
    }
    if (depth == MAX_DEPTH) {
      return State.TOO_DEEP;
    }
    // No FHIR resource is an array.
    Step step = depth == 0 && array ? null : next;
    long bit = 1L << depth;
    arrays = array ? arrays | bit : arrays & ~bit;
    depth++;
    steps[depth] = step;
    if (step == null) {
      passOver();
    } else if (!array) {
      envelope.open(step);
    }
    return null;
  }

  private void leave() {
    Step step = steps[depth];
    if (step != null && !isInArray()) {
      envelope.close(step);
    }
    depth--;
    ended = depth == 0;
    // The next item of an array stands where this one did.
    next = depth > 0 && isInArray() ? steps[depth] : null;
  }

  private boolean isInArray() {
    return (arrays & (1L << (depth - 1))) != 0;
  }

  @Override
  public State end() {
    try {
      if (!passing) {
        parser.endOfInput();
        JsonToken token = parser.nextToken();
        if (token != null && token(token) != null) {
          return State.MALFORMED;
        }
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
