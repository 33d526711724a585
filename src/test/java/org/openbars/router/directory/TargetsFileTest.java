package org.openbars.router.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.message.Target;
import org.openbars.router.message.TargetIdentifier;

class TargetsFileTest {
  private static TargetsFile.Read read(String json) throws TargetsFile.RefusedException {
    return TargetsFile.read(
        json.getBytes(StandardCharsets.UTF_8), host -> host.host().equals("plain.example"));
  }

  private static String root(String systems) {
    return "{\"NHSD-Target-Identifier\": {" + systems + "}}";
  }

  @Test
  void systemAndValueMatchExactly() throws Exception {
    RoutingTable table =
        read(root(
                "\"s\": {\"v\": \"https://a.example/x/\", \"V\": \"https://b.example\"},"
                    + " \"S\": {\"v\": \"https://c.example\"}"))
            .table();

    assertThat(table.size()).isEqualTo(3);
    assertThat(table.find(new TargetIdentifier("s", "v"))).isEqualTo(found("https://a.example/x"));
    assertThat(table.find(new TargetIdentifier("s", "V"))).isEqualTo(found("https://b.example"));
    assertThat(table.find(new TargetIdentifier("S", "v"))).isEqualTo(found("https://c.example"));
    assertThat(table.find(new TargetIdentifier("S", "V"))).isInstanceOf(Lookup.Unknown.class);
    assertThat(table.find(new TargetIdentifier("t", "v"))).isInstanceOf(Lookup.Unknown.class);
    assertThat(table.find(new TargetIdentifier("s ", "v"))).isInstanceOf(Lookup.Unknown.class);
    assertThat(table.receivers())
        .isEqualTo(
            Set.of(
                new ReceiverHost("a.example", 443),
                new ReceiverHost("b.example", 443),
                new ReceiverHost("c.example", 443)));
  }

  private static Lookup found(String url) {
    return new Lookup.Found(Target.parse(url));
  }

  @Test
  void otherMembersOfTheRootAreIgnored() throws Exception {
    String json =
        "{\"_comment\": [{}], \"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}},"
            + " \"x\": null}";

    assertThat(read(json).table().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"a\": {\"b\": 1}|a|b: the base URL must be text",
        "\"a\": {\"b\": {\"c\": \"d\"}}|a|b: the base URL must be text",
        "\"a\": 1|a|must be an object",
        "\"a\": [\"b\"]|a|must be an object",
        "\"\": {\"b\": \"https://a.example\"}||b: system and value must not be empty",
        "\"a\": {\"\": \"https://a.example\"}|a|system and value must not be empty",
        "\"a\": {\"b\": \"nowhere\"}|a|b: base URL: scheme",
        "\"a\": {\"b\": \"http://other.example\"}|a|http is allowed only to a receiver marked insecure",
      })
  void badEntryIsLeftOutAndNamed(String entry, String system, String problem) throws Exception {
    TargetsFile.Read read = read(root(entry + ", \"s\": {\"v\": \"https://a.example\"}"));

    assertThat(read.table().size()).isEqualTo(1);
    assertThat(read.faults()).singleElement().asString().contains(problem);
    assertThat(read.faults().get(0)).startsWith(system == null ? "" : system);
  }

  @Test
  void plainHttpIsAllowedToAReceiverMarkedInsecure() throws Exception {
    TargetsFile.Read read = read(root("\"s\": {\"v\": \"http://plain.example:81/x\"}"));

    assertThat(read.faults()).isEmpty();
    assertThat(read.table().find(new TargetIdentifier("s", "v")))
        .isEqualTo(found("http://plain.example:81/x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|the root must be an object",
        "[]|the root must be an object",
        "\"x\"|the root must be an object",
        "{}|the root must be an object with the member NHSD-Target-Identifier",
        "{\"nhsd-target-identifier\": {\"s\": {\"v\": \"https://a.example\"}}}|the root must be",
        "{\"NHSD-Target-Identifier\": null}|must be an object of systems",
        "{\"NHSD-Target-Identifier\": {}}|no usable target",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"nowhere\"}}}|no usable target",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}}|not JSON",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\",}}}|not JSON",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}}} {}|more after the root",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}}} x|not JSON",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\", \"v\": \"https://b.example\"}}}|duplicate key s|v",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}, \"s\": {}}}|duplicate key s",
        "{\"NHSD-Target-Identifier\": {\"s\": {\"v\": \"https://a.example\"}}, \"NHSD-Target-Identifier\": {}}|duplicate key NHSD",
      })
  void fileThatIsWrongAsAWholeIsRefused(String json, String problem) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(TargetsFile.RefusedException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void refusalNamesTheLine() {
    assertThatThrownBy(
            () ->
                read(
                    "{\n\"NHSD-Target-Identifier\": {\n\"s\": {\"v\": \"https://a.example\"},\n\"s\": {}}}"))
        .hasMessageStartingWith("line 4: duplicate key s");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin =
        root("\"caf\u00e9\": {\"v\": \"https://a.example\"}").getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> TargetsFile.read(latin, host -> true))
        .isInstanceOf(TargetsFile.RefusedException.class);
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> read("{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}"))
        .isInstanceOf(TargetsFile.RefusedException.class);
  }

  @Test
  void hundredThousandTargetsAreRead() throws Exception {
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      values
          .append(i == 0 ? "" : ",")
          .append("\"v")
          .append(i)
          .append("\": \"https://a.example/x\"");
    }
    RoutingTable table = read(root("\"s\": {" + values + "}")).table();

    assertThat(table.size()).isEqualTo(100_000);
    assertThat(table.find(new TargetIdentifier("s", "v99999")))
        .isSameAs(table.find(new TargetIdentifier("s", "v0")));
  }
}
