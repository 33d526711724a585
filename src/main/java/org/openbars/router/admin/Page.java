package org.openbars.router.admin;

import io.vertx.core.buffer.Buffer;

/** A fixed answer to a GET of one path: bytes held in memory. */
public record Page(Buffer body, String contentType) {
  public Page {
    body = body.copy();
  }
}
