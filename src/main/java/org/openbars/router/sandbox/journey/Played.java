package org.openbars.router.sandbox.journey;

import java.util.Optional;

/**
 * One exchange that was played.
 *
 * @param status 0 when no answer came
 * @param answer the body
 * @param millis from the first byte sent to the last one read
 * @param fault what was not as the standard says; empty when all was
 */
public record Played(Sent sent, int status, String answer, long millis, Optional<String> fault) {}
