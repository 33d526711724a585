package org.openbars.router.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openbars.router.config.Kind.Refused;

/** The kinds of value that are not about hosts: numbers with and without units, words, files. */
final class Kinds {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB)");
  private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3})?)%");
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,253}");
  private static final Pattern URL =
      Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~$-]+)*");
  private static final Pattern BASE_PATH = Pattern.compile("(?:/[A-Za-z0-9._~$-]{1,100}){1,20}");
  private static final Map<String, Duration> TIME_UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final Map<String, Long> BYTE_UNITS =
      Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

  private Kinds() {}

  static Kind<Integer> integer(int min, int max) {
    return new Kind<>(
        min + " to " + max,
        (text, folder) -> {
          if (!INTEGER.matcher(text).matches()) {
            throw new Refused("is not a whole number");
          }
          return (int) (long) within(Long.parseLong(text), (long) min, (long) max);
        });
  }

  static Kind<Duration> duration(String min, String max) {
    Duration least = bound(Kinds::time, min);
    Duration most = bound(Kinds::time, max);
    return new Kind<>(min + " to " + max, (text, folder) -> within(time(text), least, most));
  }

  static Kind<Long> size(String min, String max) {
    Long least = bound(Kinds::bytes, min);
    Long most = bound(Kinds::bytes, max);
    return new Kind<>(min + " to " + max, (text, folder) -> within(bytes(text), least, most));
  }

  /** Bytes a second. */
  static Kind<Long> rate(String min, String max) {
    Long least = bound(Kinds::bytes, min);
    Long most = bound(Kinds::bytes, max);
    return new Kind<>(
        min + "/s to " + max + "/s",
        (text, folder) -> {
          if (!text.endsWith("/s")) {
            throw new Refused(
                isNumber(text)
                    ? "has no unit: B/s, KiB/s, MiB/s or GiB/s"
                    : "is not a rate such as 1KiB/s");
          }
          return within(bytes(text.substring(0, text.length() - 2)), least, most);
        });
  }

  /** A part, 0 to 1, written in per cent. */
  static Kind<Double> percent() {
    return new Kind<>(
        "0% to 100%",
        (text, folder) -> {
          Matcher matcher = PERCENT.matcher(text);
          if (!matcher.matches()) {
            throw new Refused(isNumber(text) ? "has no % sign" : "is not a percentage");
          }
          return within(Double.parseDouble(matcher.group(1)), 0.0, 100.0) / 100;
        });
  }

  static Kind<Boolean> flag() {
    return choice(Map.of("true", true, "false", false), List.of("true", "false"), List.of());
  }

  static Kind<Boolean> onOff() {
    return choice(Map.of("on", true, "off", false), List.of("on", "off"), List.of());
  }

  /** An enum's constants in lower case. */
  static <E extends Enum<E>> Kind<E> choice(Class<E> type, String... notBuilt) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    Map<String, E> values =
        constants.stream().collect(Collectors.toMap(Kinds::word, Function.identity()));
    return choice(values, constants.stream().map(Kinds::word).toList(), List.of(notBuilt));
  }

  /** As {@link #choice}, with a hyphen between the words of a constant. */
  static <E extends Enum<E>> Kind<E> hyphenated(Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    Map<String, E> values =
        constants.stream()
            .collect(Collectors.toMap(each -> word(each).replace('_', '-'), Function.identity()));
    return choice(
        values, constants.stream().map(each -> word(each).replace('_', '-')).toList(), List.of());
  }

  /** A single word is built so far; {@code notBuilt} are those to come. */
  static Kind<String> only(String built, String... notBuilt) {
    return choice(Map.of(built, built), List.of(built), List.of(notBuilt));
  }

  private static <T> Kind<T> choice(
      Map<String, T> values, List<String> shown, List<String> notBuilt) {
    return new Kind<>(
        String.join(" | ", shown),
        (text, folder) -> {
          T value = values.get(text);
          if (value == null) {
            throw new Refused(notBuilt.contains(text) ? "is not built yet" : "is not known");
          }
          return value;
        });
  }

  /** A file that must be there and readable when the router starts. */
  static Kind<Path> readableFile() {
    return new Kind<>(
        "a readable file",
        (text, folder) -> {
          Path path = path(text, folder);
          if (!Files.exists(path)) {
            throw new Refused("does not exist (looked for " + path + ")");
          }
          if (!Files.isRegularFile(path)) {
            throw new Refused("is not a file");
          }
          if (!Files.isReadable(path)) {
            throw new Refused("is not readable by this user");
          }
          return path;
        });
  }

  /** A file that may come later. */
  static Kind<Path> file() {
    return new Kind<>(
        "a file's path",
        (text, folder) -> {
          Path path = path(text, folder);
          if (Files.isDirectory(path)) {
            throw new Refused("is a folder");
          }
          return path;
        });
  }

  /** A folder that may come later, as one that is mounted may. */
  static Kind<Path> folder() {
    return new Kind<>(
        "a folder's path",
        (text, folder) -> {
          Path path = path(text, folder);
          if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new Refused("is not a folder");
          }
          return path;
        });
  }

  static Kind<String> nodeName() {
    return new Kind<>(
        "1 to 253 of letters, digits, '.', '_', '-'",
        (text, folder) -> {
          if (!isNodeName(text)) {
            throw new Refused("is not a name");
          }
          return text;
        });
  }

  static boolean isNodeName(String text) {
    return NODE.matcher(text).matches();
  }

  /** A name of which all is said by an expression. */
  static Kind<String> pattern(String expression, String allowed) {
    Pattern pattern = Pattern.compile(expression);
    return new Kind<>(
        allowed,
        (text, folder) -> {
          if (!pattern.matcher(text).matches()) {
            throw new Refused("is not such a name");
          }
          return text;
        });
  }

  static Kind<String> basePath() {
    return new Kind<>(
        "a path that starts with / and does not end with it, of letters, digits, '.', '_', '~',"
            + " '$', '-'",
        (text, folder) -> {
          if (!BASE_PATH.matcher(text).matches()) {
            throw new Refused("is not such a path");
          }
          List<String> segments = Arrays.asList(text.split("/", -1));
          if (segments.contains(".") || segments.contains("..")) {
            throw new Refused("has a dot segment");
          }
          return text;
        });
  }

  static Kind<String> baseUrl() {
    return new Kind<>(
        "an http or https URL without a slash at its end",
        (text, folder) -> {
          if (!URL.matcher(text).matches()) {
            throw new Refused("is not such a URL");
          }
          return text;
        });
  }

  private static Path path(String text, Path folder) throws Refused {
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      throw new Refused("is not a path");
    }
  }

  private static Duration time(String text) throws Refused {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new Refused(
          isNumber(text) ? "has no unit: ms, s, m, h or d" : "is not a duration such as 32s");
    }
    Duration unit = TIME_UNITS.getOrDefault(matcher.group(2), Duration.ZERO);
    return unit.multipliedBy(Long.parseLong(matcher.group(1)));
  }

  private static Long bytes(String text) throws Refused {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new Refused(
          isNumber(text) ? "has no unit: B, KiB, MiB or GiB" : "is not a size such as 16KiB");
    }
    return Long.parseLong(matcher.group(1)) * BYTE_UNITS.getOrDefault(matcher.group(2), 0L);
  }

  private static boolean isNumber(String text) {
    return INTEGER.matcher(text).matches();
  }

  private static <N extends Comparable<N>> N within(N value, N min, N max) throws Refused {
    if (value.compareTo(min) < 0) {
      throw new Refused("is too small");
    }
    if (value.compareTo(max) > 0) {
      throw new Refused("is too large");
    }
    return value;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private interface Unit<T> {
    T read(String text) throws Refused;
  }

  private static <T> T bound(Unit<T> unit, String text) {
    try {
      return unit.read(text);
    } catch (Refused e) {
      throw new IllegalArgumentException("bound " + text + " " + e.problem(), e);
    }
  }
}
