package org.openbars.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's file and the table of keys say the same. */
class RouterYamlTest {
  private static final Path FILE = Path.of("config", "router.yaml");
  private static final Pattern COMMENTED_OUT =
      Pattern.compile("^( *)#(\"[^\"]+\"|[a-z][a-z0-9-]*)(?=:( |$))");

  @TempDir Path folder;

  @Test
  void itLoadsAsItIs() {
    Loaded loaded = ConfigLoader.check(FILE, List.of(), Map.of());

    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    assertThat(((Loaded.Ok) loaded).warnings()).isEmpty();
  }

  @Test
  void asItIsItSaysNothingButTheDefaults() {
    RouterConfig fromFile = ((Loaded.Ok) ConfigLoader.load(FILE, List.of(), Map.of())).config();
    RouterConfig fromDefaults =
        ((Loaded.Ok)
                ConfigLoader.load(
                    null,
                    List.of(
                        "directory.file="
                            + FILE.toAbsolutePath().resolveSibling("targets.example.json"),
                        "audit.journal.path="
                            + FILE.toAbsolutePath().resolveSibling("audit-journal"),
                        "audit.postgres.uri=postgresql://bars@localhost:5432/bars"),
                    Map.of()))
            .config();

    assertThat(fromFile).isEqualTo(fromDefaults);
  }

  @Test
  void everyKeyStandsThereOnceWithItsDefault() throws IOException {
    List<Setting> settings = everythingSwitchedOn().settings();

    assertThat(settings)
        .filteredOn(setting -> setting.receiver() == null)
        .extracting(Setting::key)
        .containsExactlyElementsOf(Keys.ALL.stream().<String>map(Key::name).toList());
    for (Key<?> key : Keys.ALL) {
      String text = setting(settings, key).text();
      if (key.initial() instanceof Key.Initial.Fixed fixed) {
        assertThat(text).as(key.name()).isEqualTo(fixed.text());
      } else if (key.initial() instanceof Key.Initial.Computed computed) {
        assertThat(text).as(key.name()).isEqualTo("<" + computed.shown() + ">");
      } else if (key.initial() instanceof Key.Initial.Absent && !key.secret()) {
        assertThat(text).as(key.name()).isEqualTo("<none>");
      }
    }
  }

  @Test
  void everyKeyOfAReceiverStandsThereOnce() throws IOException {
    assertThat(everythingSwitchedOn().settings())
        .filteredOn(setting -> setting.receiver() != null)
        .extracting(Setting::key)
        .containsExactlyInAnyOrderElementsOf(
            Keys.RECEIVER.stream().<String>map(Key::name).toList());
  }

  @Test
  void everyKeyHasItsMeaningAndBoundsAboveIt() throws IOException {
    FileSettings file = everythingSwitchedOn();
    List<String> lines = Files.readAllLines(FILE);

    for (Setting setting : file.settings()) {
      Key<?> key = key(setting);
      assertThat(commentAbove(lines, setting.place().line()))
          .as(setting.name())
          .contains(key.meaning() + " Allowed: " + key.kind().allowed() + ".");
    }
    assertThat(file.settings()).hasSize(Keys.ALL.size() + Keys.RECEIVER.size());
  }

  @Test
  void noSectionIsUnknown() throws IOException {
    assertThat(everythingSwitchedOn().faults()).isEmpty();
  }

  private FileSettings everythingSwitchedOn() throws IOException {
    List<String> lines =
        Files.readAllLines(FILE).stream()
            .map(line -> COMMENTED_OUT.matcher(line).replaceFirst("$1$2"))
            .toList();
    Path file = Files.write(folder.resolve("all.yaml"), lines);
    YamlFile.Content content = YamlFile.read(file);
    assertThat(content.fault()).isNull();
    return FileSettings.of(file.toString(), content.root());
  }

  private static Setting setting(List<Setting> settings, Key<?> key) {
    return settings.stream()
        .filter(s -> s.receiver() == null && s.key().equals(key.name()))
        .findFirst()
        .orElseThrow();
  }

  private static Key<?> key(Setting setting) {
    List<Key<?>> table = setting.receiver() == null ? Keys.ALL : Keys.RECEIVER;
    return table.stream().filter(k -> k.name().equals(setting.key())).findFirst().orElseThrow();
  }

  private static String commentAbove(List<String> lines, int line) {
    StringBuilder comment = new StringBuilder();
    for (int i = line - 2; i >= 0 && lines.get(i).strip().startsWith("# "); i--) {
      comment.insert(0, lines.get(i).strip().substring(2) + " ");
    }
    return comment.toString();
  }
}
