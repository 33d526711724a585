package org.openbars.router.inspect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.core.json.async.NonBlockingJsonParser;
import com.fasterxml.jackson.core.sym.ByteQuadsCanonicalizer;
import java.io.Serial;

/**
 * Jackson's non-blocking parser, which may be told to go on further down its input: most of a
 * message holds nothing of interest, and tokenising it would be most of an inspection's cost.
 */
final class PassingParser extends NonBlockingJsonParser {
  private static final int MAX_NAME = 1024;
  private static final int MAX_NUMBER = 1000;
  private static final Factory FACTORY = new Factory();

  private PassingParser(IOContext context, int features, ByteQuadsCanonicalizer names) {
    super(context, features, names);
  }

  static PassingParser create() {
    return FACTORY.create();
  }

  /** Index of the next byte it will read of what it was fed last. */
  int position() {
    return _inputPtr;
  }

  /** How many different names it keeps, those of earlier bodies among them: Jackson keeps 6000. */
  int names() {
    return _symbols.size();
  }

  /** Goes on at {@code position}; only between two tokens, and to where one may stand. */
  void pass(int position) {
    _inputPtr = position;
  }

  private static final class Factory extends JsonFactory {
    @Serial private static final long serialVersionUID = 1L;

    Factory() {
      super(
          new JsonFactoryBuilder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(Tokeniser.MAX_DEPTH + 1)
                      .maxStringLength(Tokeniser.MAX_TOKEN)
                      .maxNumberLength(MAX_NUMBER)
                      .maxNameLength(MAX_NAME)
                      .build())
              // Names come from outside: interned ones would stay for good.
              .configure(Feature.INTERN_FIELD_NAMES, false));
    }

    PassingParser create() {
      return new PassingParser(
          _createNonBlockingContext(null),
          _parserFeatures,
          _byteSymbolCanonicalizer.makeChildOrPlaceholder(_factoryFeatures));
    }
  }
}
