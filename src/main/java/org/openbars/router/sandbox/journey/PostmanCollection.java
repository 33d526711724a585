package org.openbars.router.sandbox.journey;

import java.util.List;
import org.openbars.router.sandbox.journey.JourneyPlayer.Result;

/** What was played, as a Postman collection (format 2.1). */
public final class PostmanCollection {
  private PostmanCollection() {}

  public static String of(List<Result> results) {
    return "";
  }
}
