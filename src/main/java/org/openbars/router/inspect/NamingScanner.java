package org.openbars.router.inspect;

import com.fasterxml.aalto.async.AsyncByteArrayScanner;
import com.fasterxml.aalto.in.ReaderConfig;

/** Aalto's scanner, which also tells how many different names it keeps: it sets no limit itself. */
final class NamingScanner extends AsyncByteArrayScanner {
  NamingScanner(ReaderConfig config) {
    super(config);
  }

  int names() {
    return _symbols == null ? 0 : _symbols.size();
  }
}
