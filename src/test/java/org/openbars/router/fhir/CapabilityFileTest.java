package org.openbars.router.fhir;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapabilityFileTest {
  private static final String GOOD =
      """
      {
      \t"resourceType": "CapabilityStatement",
        "status": "active", "date" : "2026-11-24",
        "publisher": "caf\u00e9",
        "kind": "instance", "fhirVersion": "4.0.1", "format": ["json"],
        "implementation": {"description": "a"},
        "rest": [{"mode": "server"}]
      }

      """;

  @TempDir Path folder;

  @Test
  void fileIsAnsweredByteForByteAndInXml() throws Exception {
    CapabilityAnswer answer = CapabilityFile.read(file(GOOD));

    assertThat(answer.body(AnswerFormat.JSON).toString(UTF_8)).isEqualTo(GOOD);
    CapabilityStatement inXml =
        FhirR4.strictParser(AnswerFormat.XML)
            .parseResource(
                CapabilityStatement.class, answer.body(AnswerFormat.XML).toString(UTF_8));
    CapabilityStatement inJson =
        FhirR4.strictParser(AnswerFormat.JSON).parseResource(CapabilityStatement.class, GOOD);
    assertThat(inXml.equalsDeep(inJson)).isTrue();
    assertThat(inXml.getPublisher()).isEqualTo("caf\u00e9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"status\": \"active\",|``|no status",
        "\"date\" : \"2026-11-24\",|``|no date",
        "\"kind\": \"instance\",|``|no kind",
        "\"fhirVersion\": \"4.0.1\",|``|no fhirVersion",
        "\"fhirVersion\": \"4.0.1\"|\"fhirVersion\": \"4.0.0\"|fhirVersion must be 4.0.1",
        ", \"format\": [\"json\"]|``|no format",
        ",\\n  \"rest\": [{\"mode\": \"server\"}]|``|no rest, messaging or document",
        "\"CapabilityStatement\"|\"Bundle\"|not a CapabilityStatement",
        "\"resourceType\": \"CapabilityStatement\",|``|not a CapabilityStatement",
        "\"publisher\"|\"publishr\"|publishr",
        "\"active\"|\"running\"|running",
        "\"instance\"|7|not a CapabilityStatement",
        "]\\n}|]|not a CapabilityStatement",
      })
  void faultInTheFileIsNamed(String part, String instead, String problem) throws IOException {
    String real = part.replace("\\n", "\n");
    assertThat(GOOD).contains(real);
    Path file = file(GOOD.replace(real, instead));

    assertThatThrownBy(() -> CapabilityFile.read(file))
        .isInstanceOf(CapabilityFile.Unusable.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(problem);
  }

  @Test
  void fileThatIsNotUtf8IsRefused() throws IOException {
    Path file = folder.resolve("metadata.json");
    Files.write(file, GOOD.getBytes(ISO_8859_1));

    assertThatThrownBy(() -> CapabilityFile.read(file)).hasMessage(file + ": not UTF-8");
  }

  @Test
  void missingFileIsRefused() {
    Path file = folder.resolve("missing.json");

    assertThatThrownBy(() -> CapabilityFile.read(file))
        .hasMessage(file + ": cannot be read: NoSuchFileException");
  }

  @Test
  void fileOfTheLimitIsReadAndALargerOneIsNot() throws Exception {
    int spare = CapabilityFile.LIMIT - GOOD.getBytes(UTF_8).length;
    Path atLimit = file(GOOD + " ".repeat(spare));

    assertThat(CapabilityFile.read(atLimit).body(AnswerFormat.JSON).length())
        .isEqualTo(CapabilityFile.LIMIT);
    Path beyond = file(GOOD + " ".repeat(spare + 1));
    assertThatThrownBy(() -> CapabilityFile.read(beyond))
        .hasMessage(beyond + ": larger than 1048576 bytes");
  }

  @Test
  void faultReachesTheFuture() throws IOException {
    Vertx vertx = Vertx.vertx();
    try {
      Future<CapabilityAnswer> answer = Capability.ofFile(vertx, file("{}"));

      await().atMost(Duration.ofSeconds(60)).until(answer::isComplete);
      assertThat(answer.cause()).isInstanceOf(CapabilityFile.Unusable.class);
    } finally {
      Future<Void> closed = vertx.close();
      await().until(closed::isComplete);
    }
  }

  private Path file(String json) throws IOException {
    return Files.writeString(folder.resolve("metadata.json"), json);
  }
}
