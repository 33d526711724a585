package org.openbars.router.wire;

import java.net.UnknownHostException;

/** A name leads to where it must not: as good as no name. */
public final class InsideAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  InsideAddressException(String nameAndAddress) {
    super(nameAndAddress + " is an inside address that stream.inside-networks does not have");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
