package org.openbars.router.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code use-context} header {@code usecase|category-or-status|event|reason} (Core 1.5.0,
 * Logging). For statistics only; a part that is missing or odd is null, never an error.
 */
public record UseContext(
    @Nullable String useCase,
    @Nullable String category,
    @Nullable String event,
    @Nullable String reason) {
  private static final int PARTS = 4;
  private static final int MAX_PART = 64;

  /** A header that was not sent. */
  public static final UseContext NONE = new UseContext(null, null, null, null);

  /**
   * Reads the header; parts longer than 64 characters or with other than printable ASCII are left
   * out.
   */
  public static UseContext parse(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return NONE;
    }
    List<String> parts = List.of(header.split("\\|", PARTS + 1));
    return new UseContext(part(parts, 0), part(parts, 1), part(parts, 2), part(parts, 3));
  }

  private static @Nullable String part(List<String> parts, int index) {
    if (index >= parts.size()) {
      return null;
    }
    String part = parts.get(index).trim();
    boolean plain =
        !part.isEmpty()
            && part.length() <= MAX_PART
            && part.chars().allMatch(c -> c > 0x20 && c < 0x7f);
    return plain ? part : null;
  }
}
