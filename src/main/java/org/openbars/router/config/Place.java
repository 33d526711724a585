package org.openbars.router.config;

import java.util.Comparator;

/**
 * Where a setting was written. Ordered as an operator reads: the file by line, then the command
 * line, then the environment.
 *
 * @param name the file, {@code --set} or the variable
 * @param line in the file from 1, or the position among the {@code --set}s; 0 for none
 */
public record Place(Source source, String name, int line) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::source).thenComparing(Place::line).thenComparing(Place::name);

  /** The three ways to give a setting. */
  public enum Source {
    FILE,
    COMMAND_LINE,
    ENVIRONMENT
  }

  static Place inFile(String file, int line) {
    return new Place(Source.FILE, file, line);
  }

  static Place onCommandLine(int position) {
    return new Place(Source.COMMAND_LINE, "--set", position);
  }

  static Place inEnvironment(String variable) {
    return new Place(Source.ENVIRONMENT, variable, 0);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return switch (source) {
      case FILE -> line > 0 ? name + ":" + line : name;
      case COMMAND_LINE -> name;
      case ENVIRONMENT -> "environment " + name;
    };
  }
}
