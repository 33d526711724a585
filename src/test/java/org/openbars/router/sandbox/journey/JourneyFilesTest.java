package org.openbars.router.sandbox.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Journeys are data: every fault of a file is told with its key and what is allowed. */
final class JourneyFilesTest {
  private static final Path PACKAGED = Path.of("config/sandbox/journeys");

  @TempDir private Path folder;

  private List<Journey> withChange(String from, String to) throws IOException {
    String file = Files.readString(PACKAGED.resolve("a1t1.yaml"));
    assertThat(file).contains(from);
    Files.writeString(folder.resolve("a1t1.yaml"), file.replace(from, to));
    Files.writeString(folder.resolve("index.yaml"), "- a1t1\n");
    return JourneyFiles.in(folder);
  }

  @Test
  void aFolderOfOnesOwnTakesTheJarsPlace() throws IOException {
    List<Journey> journeys = withChange("format: json", "format: xml");

    assertThat(journeys).extracting(Journey::code).containsExactly("a1t1");
  }

  @ParameterizedTest
  @CsvSource({
    "format: json, format: yaml, 'format is yaml; allowed json, xml'",
    "sender: nhs-111, sender: nhs-222, 'sender is nhs-222; allowed emergency-department'",
    "- capability, - capabilities, 'steps is capabilities; allowed capability'",
    "status: live, state: live, 'state: unknown key; allowed'",
    "code: a1t1, code: a1t2, code must be that of the file's name",
    "version: 2.1.0, version: two, 'version must be like 2.1.0, is two'",
    "'title: ', 'title: [', not YAML",
  })
  void aFaultNamesFileKeyAndWhatIsAllowed(String from, String to, String told) {
    assertThatThrownBy(() -> withChange(from, to))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("a1t1.yaml: ")
        .hasMessageContaining(told);
  }

  @Test
  void theIndexNamesEveryFile() throws IOException {
    try (Stream<Path> files = Files.list(PACKAGED)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString().replace(".yaml", ""))
              .filter(name -> !name.equals("index"))
              .toList();
      assertThat(JourneyFiles.packaged())
          .extracting(Journey::code)
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }

  @Test
  void anUnknownCodeIsToldWithThoseThereAre() {
    assertThatThrownBy(() -> JourneyFiles.named(JourneyFiles.packaged(), "a9t9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a9t9")
        .hasMessageContaining("a4t1");
  }
}
