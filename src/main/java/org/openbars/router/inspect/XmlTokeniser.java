package org.openbars.router.inspect;

import com.fasterxml.aalto.AsyncByteArrayFeeder;
import com.fasterxml.aalto.AsyncXMLStreamReader;
import com.fasterxml.aalto.async.AsyncStreamReaderImpl;
import com.fasterxml.aalto.in.ReaderConfig;
import com.fasterxml.aalto.stax.InputFactoryImpl;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import org.jspecify.annotations.Nullable;
import org.openbars.router.message.Inspection.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks FHIR XML with Aalto's non-blocking parser. Document type declarations and entities are
 * never resolved: reading stops at them.
 */
final class XmlTokeniser implements Tokeniser {
  private static final Logger LOG = LoggerFactory.getLogger(XmlTokeniser.class);
  private static final String DOCTYPE = "<!DOCTYPE";
  private static final String NAMESPACE = "http://hl7.org/fhir";

  private final Envelope envelope;
  private final AsyncXMLStreamReader<AsyncByteArrayFeeder> reader;
  private final NamingScanner scanner;
  private final @Nullable Step[] steps = new Step[MAX_DEPTH + 1];

  /** Bit n: the element at depth n holds a resource, whose type is its child's name. */
  private long holders;

  private boolean rootSeen;

  /** How much of {@link #DOCTYPE} the bytes before the root element ended with; all: seen. */
  private int doctype;

  private int depth;
  private int skipped;
  private boolean ended;
  private int silent;

  XmlTokeniser(Envelope envelope) {
    this.envelope = envelope;
    // A new factory each time: an old one keeps every name that it ever saw.
    InputFactoryImpl factory = new InputFactoryImpl();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
    ReaderConfig config = factory.getNonSharedConfig(null, null, null, false, false);
    config.setActualEncoding("UTF-8");
    this.scanner = new NamingScanner(config);
    this.reader = new AsyncStreamReaderImpl<>(scanner);
  }

  @Override
  public @Nullable State read(byte[] bytes, int length) {
    try {
      reader.getInputFeeder().feedInput(bytes, 0, length);
      boolean heard = false;
      int event = reader.next();
      while (event != AsyncXMLStreamReader.EVENT_INCOMPLETE
          && event != XMLStreamConstants.END_DOCUMENT) {
        heard = true;
        State stop = event(event);
        if (stop != null) {
          return stop;
        }
        event = reader.next();
      }
      lookForDoctype(bytes, length);
      if (scanner.names() > MAX_NAMES) {
        return State.TOO_LONG;
      }
      // The parser has no limits of its own.
      silent = heard ? 0 : silent + length;
      return silent > MAX_TOKEN ? State.TOO_LARGE_VALUE : null;
    } catch (XMLStreamException | RuntimeException e) {
      // RuntimeException as well: parsers have thrown them on hostile bytes.
      lookForDoctype(bytes, length);
      return !rootSeen && doctype == DOCTYPE.length() ? State.DTD : State.MALFORMED;
    }
  }

  /** Aalto 1.3.3 takes an internal subset without external identifier for a fault. */
  private void lookForDoctype(byte[] bytes, int length) {
    for (int i = 0; i < length && !rootSeen && doctype < DOCTYPE.length(); i++) {
      if (bytes[i] == DOCTYPE.charAt(doctype)) {
        doctype++;
      } else {
        doctype = bytes[i] == '<' ? 1 : 0;
      }
    }
  }

  private @Nullable State event(int event) {
    switch (event) {
      case XMLStreamConstants.START_ELEMENT -> {
        if (depth == MAX_DEPTH) {
          return State.TOO_DEEP;
        }
        depth++;
        rootSeen = true;
        if (skipped == 0) {
          open();
        }
      }
      case XMLStreamConstants.END_ELEMENT -> leave();
      case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> {
        return State.DTD;
      }
      default -> {
        // FHIR keeps its values in attributes.
      }
    }
    return null;
  }

  private void open() {
    String name = reader.getLocalName();
    Step above = depth == 1 ? null : steps[depth - 1];
    boolean resource = depth > 1 && isHolder(depth - 1);
    Step step;
    if (depth == 1) {
      step = Step.DOCUMENT;
    } else if (resource) {
      step = Step.RESOURCE;
    } else {
      step = above == null ? null : above.below(name);
    }
    if (step == null
        || (resource && !Envelope.isOfInterest(name))
        || !NAMESPACE.equals(reader.getNamespaceURI())) {
      skipped = depth;
      return;
    }
    steps[depth] = step;
    if (step == Step.RESOURCE && !resource) {
      holders |= 1L << (depth - 1);
      return;
    }
    holders &= ~(1L << (depth - 1));
    envelope.open(step);
    if (resource || depth == 1) {
      envelope.type(name);
    }
    if (step.leaf() != Step.Leaf.NONE) {
      value(step.leaf());
    }
  }

  private void value(Step.Leaf leaf) {
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      if (reader.getAttributeLocalName(i).equals("value")) {
        envelope.text(leaf, reader.getAttributeValue(i));
        return;
      }
    }
  }

  private void leave() {
    if (skipped == 0) {
      Step step = steps[depth];
      if (step != null && !isHolder(depth)) {
        envelope.close(step);
      }
    } else if (skipped == depth) {
      skipped = 0;
    }
    depth--;
    ended = depth == 0;
  }

  private boolean isHolder(int at) {
    return (holders & (1L << (at - 1))) != 0;
  }

  @Override
  public State end() {
    return ended ? State.COMPLETE : State.MALFORMED;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (XMLStreamException | RuntimeException e) {
      // Nothing is open below it: there is nobody to tell, and nothing to lose.
      LOG.debug("closing a tokeniser: {}", e.getClass().getName());
    }
  }
}
