package org.openbars.router.journal;

import java.io.IOException;
import java.nio.file.Path;

/** Another router writes to this journal's folder; two would take each other's for lost. */
public final class JournalInUseException extends IOException {
  private static final long serialVersionUID = 1L;

  JournalInUseException(Path folder) {
    super("audit.journal.path: " + folder + " is in use by another router");
  }
}
