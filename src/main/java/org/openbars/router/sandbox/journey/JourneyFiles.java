package org.openbars.router.sandbox.journey;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.UseCase;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads journeys from YAML: one file for each use case, and an index that gives their order. */
public final class JourneyFiles {
  private static final String PACKAGED = "/sandbox/journeys/";
  private static final String INDEX = "index";
  private static final Set<String> KEYS =
      Set.of(
          "code",
          "title",
          "application",
          "version",
          "status",
          "category",
          "sender",
          "receiver",
          "format",
          "steps");

  private final Source source;

  /** Gives the text of a file by its name without {@code .yaml}. */
  private interface Source {
    @Nullable InputStream open(String name) throws IOException;
  }

  private JourneyFiles(Source source) {
    this.source = source;
  }

  /** The journeys that the jar carries. */
  public static List<Journey> packaged() throws IOException {
    return new JourneyFiles(
            name -> JourneyFiles.class.getResourceAsStream(PACKAGED + name + ".yaml"))
        .all();
  }

  /** The journeys of a folder. */
  public static List<Journey> in(Path folder) throws IOException {
    return new JourneyFiles(
            name -> {
              Path file = folder.resolve(name + ".yaml");
              return Files.isReadable(file) ? Files.newInputStream(file) : null;
            })
        .all();
  }

  private List<Journey> all() throws IOException {
    Object index = load(INDEX);
    if (!(index instanceof List<?> codes)) {
      throw new IOException("index.yaml: must be a list of codes");
    }
    List<Journey> journeys = new ArrayList<>();
    for (Object code : codes) {
      journeys.add(journey(String.valueOf(code)));
    }
    return journeys;
  }

  private Object load(String name) throws IOException {
    try (InputStream in = source.open(name)) {
      if (in == null) {
        throw new IOException(name + ".yaml: no such journey file");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    } catch (YAMLException e) {
      throw new IOException(name + ".yaml: not YAML: " + e.getMessage(), e);
    }
  }

  private Journey journey(String code) throws IOException {
    if (!(load(code) instanceof Map<?, ?> file)) {
      throw new IOException(code + ".yaml: must be a map of keys");
    }
    try {
      Journey journey = read(file);
      if (!journey.code().equals(code)) {
        throw new IllegalArgumentException("code must be that of the file's name");
      }
      return journey;
    } catch (IllegalArgumentException e) {
      throw new IOException(code + ".yaml: " + e.getMessage(), e);
    }
  }

  private static Journey read(Map<?, ?> file) {
    Set<String> unknown =
        file.keySet().stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new));
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          String.join(", ", unknown) + ": unknown key; allowed " + new TreeSet<>(KEYS));
    }
    UseCase useCase =
        new UseCase(
            text(file, "code"),
            text(file, "application"),
            text(file, "version"),
            one(file, "category", UseCase.Category.values(), UseCase.Category::code),
            one(file, "sender", CareSetting.values(), CareSetting::word),
            one(file, "receiver", CareSetting.values(), CareSetting::word));
    List<Act> acts = new ArrayList<>();
    if (!(file.get("steps") instanceof List<?> steps)) {
      throw new IllegalArgumentException("steps must be a list");
    }
    for (Object step : steps) {
      acts.add(one(Map.of("steps", step), "steps", Act.values(), Act::word));
    }
    return new Journey(
        useCase,
        text(file, "title"),
        one(file, "status", Journey.Status.values(), JourneyFiles::lower),
        one(file, "format", AnswerFormat.values(), JourneyFiles::lower),
        acts);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String text(Map<?, ?> file, String key) {
    Object value = file.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return String.valueOf(value);
  }

  private static <T> T one(Map<?, ?> file, String key, T[] choices, Function<T, String> word) {
    String asked = text(file, key);
    for (T choice : choices) {
      if (word.apply(choice).equals(asked)) {
        return choice;
      }
    }
    String allowed = Stream.of(choices).map(word).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(key + " is " + asked + "; allowed " + allowed);
  }

  /** The journeys that a word names: {@code all}, or the one with this code. */
  public static List<Journey> named(List<Journey> journeys, String word) {
    if (word.equals("all")) {
      return journeys;
    }
    List<Journey> named = journeys.stream().filter(each -> each.code().equals(word)).toList();
    if (named.isEmpty()) {
      String known = journeys.stream().map(Journey::code).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          "no journey " + word + "; there are " + known + ", and all");
    }
    return named;
  }
}
