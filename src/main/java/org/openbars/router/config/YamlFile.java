package org.openbars.router.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a YAML file as a tree of nodes with lines; no object is built from it. At most 1 MiB, ten
 * levels, one document, no alias.
 */
final class YamlFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 10;

  /** The file's root, or the one fault that hides the rest of it. */
  record Content(@Nullable Node root, @Nullable Fault fault) {}

  private YamlFile() {}

  static Content read(Path file) {
    String name = file.toString();
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return faulty(name, 0, "no such file");
    } catch (IOException e) {
      return faulty(name, 0, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    if (bytes.length > MAX_BYTES) {
      return faulty(name, 0, "larger than 1 MiB");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return faulty(name, 0, "not UTF-8");
    }
    return parse(name, text);
  }

  private static Content parse(String name, String text) {
    try {
      Content refused = refuseAliases(name, text);
      return refused != null ? refused : new Content(yaml().compose(new StringReader(text)), null);
    } catch (MarkedYAMLException e) {
      // Its full message quotes the file, which may hold a secret; the problem alone does not.
      Mark mark = e.getProblemMark();
      return faulty(name, mark == null ? 0 : mark.getLine() + 1, "not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      return faulty(name, 0, "not YAML");
    }
  }

  /** Aliases make a small file a large tree; nothing here needs one. */
  private static @Nullable Content refuseAliases(String name, String text) {
    int depth = 0;
    for (Event event : yaml().parse(new StringReader(text))) {
      int line = event.getStartMark().getLine() + 1;
      if (event.is(Event.ID.Alias)) {
        return faulty(name, line, "a YAML alias (*name) is not taken");
      }
      if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
        return faulty(name, line, "more than " + MAX_DEPTH + " levels");
      }
      if (event instanceof CollectionEndEvent) {
        depth--;
      }
    }
    return null;
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_BYTES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setMaxAliasesForCollections(0);
    options.setAllowRecursiveKeys(false);
    return new Yaml(new SafeConstructor(options));
  }

  private static Content faulty(String name, int line, String problem) {
    return new Content(null, new Fault(Place.inFile(name, line), "", problem, ""));
  }
}
