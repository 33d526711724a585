package org.openbars.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openbars.router.message.ReceiverHost;
import org.openbars.router.stream.StreamConfig;

class ConfigLoaderTest {
  private static final String NEEDED =
      "directory.file: targets.json\naudit.postgres.uri: postgresql://bars@localhost/bars\n";
  private static final List<String> NEEDED_SETS =
      List.of("directory.file=targets.json", "audit.mode=off");

  @TempDir Path folder;

  @Test
  void defaultsAndOverridesNeedNoFile() {
    RouterConfig config = ok(ConfigLoader.load(null, NEEDED_SETS, Map.of()));

    assertThat(config.listen().port()).isEqualTo(8080);
    assertThat(config.listen().basePath()).isEqualTo("/booking-and-referral/FHIR/R4");
    assertThat(config.stream().deadline()).isEqualTo(Duration.ofSeconds(32));
    assertThat(config.directory().maxShrink()).isEqualTo(0.2);
    assertThat(config.node()).isNotEmpty();
    assertThat(config.listen().eventLoops()).isPositive();
    assertThat(config.directory().file()).isAbsolute();
  }

  @Test
  void theCommandLineBeatsTheEnvironmentWhichBeatsTheFile() throws IOException {
    Path file = file(NEEDED + "listen:\n  port: 1001\n  max-line: 1KiB\nadmin.port: 1002\n");
    Map<String, String> environment =
        Map.of("BARS_LISTEN_PORT", "2001", "BARS_LISTEN_MAX_LINE", "2KiB");

    RouterConfig config = ok(ConfigLoader.load(file, List.of("listen.port=3001"), environment));

    assertThat(config.listen().port()).isEqualTo(3001);
    assertThat(config.listen().maxLine()).isEqualTo(2048);
    assertThat(config.admin().port()).isEqualTo(1002);
  }

  @Test
  void ofTwoSetsForOneKeyTheLaterCounts() {
    List<String> sets = with(NEEDED_SETS, "listen.port=1", "listen.port=2");

    assertThat(ok(ConfigLoader.load(null, sets, Map.of())).listen().port()).isEqualTo(2);
  }

  @Test
  void everyVariableSetsOneKey() {
    Set<String> variables = new HashSet<>();
    Keys.ALL.forEach(key -> assertThat(variables.add(key.variable())).as(key.variable()).isTrue());
    assertThat(variables).contains("BARS_LISTEN_PORT", "BARS_AUDIT_POSTGRES_POOL_SIZE");
  }

  @Test
  void mapsAndDottedKeysSayTheSame() throws IOException {
    RouterConfig nested =
        ok(load(NEEDED + "stream:\n  tls:\n    trust: router.yaml\n  deadline: 1s\n"));
    RouterConfig dotted = ok(load(NEEDED + "stream.tls.trust: router.yaml\nstream.deadline: 1s\n"));
    RouterConfig mixed = ok(load(NEEDED + "stream:\n  tls.trust: router.yaml\n  deadline: 1s\n"));

    assertThat(nested).isEqualTo(dotted).isEqualTo(mixed);
    assertThat(nested.stream().tls().trust()).isEqualTo(folder.resolve("router.yaml"));
  }

  @Test
  void relativePathsStartAtTheFilesFolder() throws IOException {
    Path file = file(NEEDED);

    RouterConfig config =
        ok(ConfigLoader.load(file, List.of("directory.file=sub/t.json"), Map.of()));

    assertThat(config.directory().file()).isEqualTo(folder.resolve("sub").resolve("t.json"));
  }

  @Test
  void everyFaultIsReportedInTheOrderOfTheFileThenTheCommandLineThenTheEnvironment()
      throws IOException {
    Path file =
        file(
            """
            listen:
              port: abc
              max-lin: 8KiB
            stream:
              deadline: 32
              tls:
                certificate: gone.pem
            lisen:
              port: 1
            admit:
              mode: token
            audit:
              postgres:
                uri: postgresql://bars@localhost/bars
            directory.catalogue.uri: https://catalogue
            """);

    List<String> faults =
        faults(
            ConfigLoader.load(
                file,
                List.of("nonsense", "admin.port=x", "admin.prt=1"),
                Map.of("BARS_LISTEN_HOST", "not a host", "BARS_DIRECTORY_CATALOGUE_URI", "x")));

    assertThat(faults)
        .containsExactly(
            file + ":1: directory.file: must be set; allowed a file's path",
            file + ":2: listen.port: \"abc\" is not a whole number; allowed 0 to 65535",
            file + ":3: listen.max-lin: unknown key, did you mean listen.max-line?",
            file + ":5: stream.deadline: \"32\" has no unit: ms, s, m, h or d; allowed 1ms to 10m",
            file
                + ":7: stream.tls.certificate: \"gone.pem\" does not exist (looked for "
                + folder.resolve("gone.pem")
                + "); allowed a readable file",
            file
                + ":7: stream.tls.certificate: needs stream.tls.key as well; allowed both or neither",
            file + ":8: lisen: unknown key, did you mean listen?",
            file
                + ":10: admit.token.issuer: must be set when admit.mode is token; allowed 1 to 500"
                + " visible characters, no blank",
            file
                + ":10: admit.token.audience: must be set when admit.mode is token; allowed 1 to 500"
                + " visible characters, no blank",
            file
                + ":10: admit.token.keys.url: must be set when admit.mode is token; allowed an https"
                + " URL, or http at a loopback address",
            file + ":15: directory.catalogue.uri: is not built yet",
            "--set: number 1 has no key; allowed KEY=VALUE",
            "--set: admin.port: \"x\" is not a whole number; allowed 0 to 65535",
            "--set: admin.prt: unknown key, did you mean admin.port?",
            "environment BARS_DIRECTORY_CATALOGUE_URI: directory.catalogue: is not built yet",
            "environment BARS_LISTEN_HOST: listen.host: \"not a host\" is not a host; allowed a host"
                + " name, an IPv4 or an IPv6 address");
  }

  @Test
  void aMissingKeyIsReportedAtItsSection() throws IOException {
    assertThat(faults(load("audit.mode: off\n\ndirectory:\n  check-every: 1s\n")))
        .containsExactly(
            folder.resolve("router.yaml")
                + ":3: directory.file: must be set; allowed a file's path");
  }

  @Test
  void aMissingFileIsOneFault() {
    Path file = folder.resolve("gone.yaml");

    assertThat(faults(ConfigLoader.load(file, List.of("x=y"), Map.of())))
        .containsExactly(file + ": no such file");
  }

  @Test
  void aFolderInPlaceOfTheFileIsOneFault() {
    assertThat(faults(ConfigLoader.load(folder, List.of(), Map.of())))
        .containsExactly(folder + ": cannot be read (IOException)");
  }

  @Test
  void aSyntaxErrorIsOneFaultWithItsLineAndNoneOfTheText() throws IOException {
    Path file = file("listen:\n  port: 1\nbroken: [s3cret\nadmin:\n  port: 2\n");

    assertThat(faults(ConfigLoader.load(file, List.of(), Map.of())))
        .singleElement()
        .asString()
        .matches(Pattern.quote(file.toString()) + ":[45]: not YAML: .*")
        .doesNotContain("s3cret");
  }

  @Test
  void anEmptyFileLacksOnlyWhatMustBeSet() throws IOException {
    assertThat(faults(load("")))
        .containsExactly(
            folder.resolve("router.yaml")
                + ":1: directory.file: must be set; allowed a file's path",
            folder.resolve("router.yaml")
                + ":1: audit.postgres.uri: must be set when audit.mode is on; allowed"
                + " postgresql://USER@HOST[:PORT]/DATABASE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "listen.port: 1\\nlisten.port: 2 | 4: listen.port: is set twice, first in line 3",
        "listen:\\n  port: 1\\nlisten.port: 2 | 5: listen.port: is set twice, first in line 4",
        "listen:\\n  port: 1\\nlisten:\\n  host: x | 5: listen: is set twice, first in line 3",
        "listen: 8080 | 3: listen: is a section of keys, not a value",
        "listen: [1] | 3: listen: is a section of keys, not a value",
        "listen.port: [1, 2] | 3: listen.port: must be one value, is a list",
        "listen.port:\\n  a: 1 | 3: listen.port: must be one value, is a map",
        "listen.port: !!binary abcd | 3: listen.port: has a YAML tag",
        "a: &x {b: 1}\\nc: *x | 4: a YAML alias (*name) is not taken",
        "? [a, b]\\n: 1 | 3: a key must be a text",
        "directory.catalogue.url: x | 3: directory.catalogue.url: is not built yet",
        "directory.deadline: 1s | 3: directory.deadline: unknown key, did you mean stream.deadline?",
        "zzzzzzzz: 1 | 3: zzzzzzzz: unknown key",
        "a: [[[[[[[[[[[1]]]]]]]]]]] | 3: more than 10 levels",
      })
  void aShapeThatIsNotTakenIsAFault(String lines, String fault) throws IOException {
    assertThat(faults(load(NEEDED + lines.replace("\\n", "\n") + "\n")))
        .containsExactly(folder.resolve("router.yaml") + ":" + fault);
  }

  @Test
  void aFileLargerThanOneMebibyteIsRefused() throws IOException {
    String filler = "#".repeat(1023) + "\n";

    assertThat(ok(load(NEEDED + filler.repeat(1023)))).isNotNull();
    assertThat(faults(load(NEEDED + filler.repeat(1024))))
        .containsExactly(folder.resolve("router.yaml") + ": larger than 1 MiB");
  }

  @Test
  void aFileThatIsNotUtf8IsRefused() throws IOException {
    Path file = folder.resolve("router.yaml");
    Files.write(file, "node.name: f\u00fc\n".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(faults(ConfigLoader.load(file, List.of(), Map.of())))
        .containsExactly(file + ": not UTF-8");
  }

  @Test
  void anUnknownVariableIsAWarning() {
    Loaded loaded =
        ConfigLoader.load(
            null,
            NEEDED_SETS,
            Map.of(
                "BARS_LISTEN_PRT", "1",
                "BARS_ROUTER_SERVICE_HOST", "10.0.0.1",
                "BARS_LOG_LEVEL", "DEBUG",
                "PATH", "/bin"));

    assertThat(((Loaded.Ok) loaded).warnings())
        .containsExactly(
            "environment BARS_LISTEN_PRT means nothing here, did you mean BARS_LISTEN_PORT?",
            "environment BARS_ROUTER_SERVICE_HOST means nothing here");
  }

  @Test
  void openBeyondLoopbackMustBeAskedFor() throws IOException {
    assertThat(faults(load(NEEDED + "listen.host: 0.0.0.0\n")))
        .containsExactly(
            folder.resolve("router.yaml")
                + ":3: listen.host: lets other machines send although admit.mode is open; allowed a"
                + " loopback address, or admit.open-beyond-loopback: true");
    assertThat(ok(load(NEEDED + "listen.host: 0.0.0.0\nadmit.open-beyond-loopback: true\n")))
        .extracting(config -> config.listen().host())
        .isEqualTo("0.0.0.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.255.255.254", "::1", "localhost", "LOCALHOST"})
  void loopbackIsOpenWithoutBeingAsked(String host) {
    assertThat(ConfigLoader.load(null, with(NEEDED_SETS, "listen.host=" + host), Map.of()))
        .isInstanceOf(Loaded.Ok.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1.example", "localhost.example", "::", "128.0.0.1", "10.0.0.1", "a.b"})
  void whatOnlyLooksLikeLoopbackIsNot(String host) {
    assertThat(faults(ConfigLoader.load(null, with(NEEDED_SETS, "listen.host=" + host), Map.of())))
        .singleElement()
        .asString()
        .contains("lets other machines send");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.1", "1.2.3", "a..b", "-a", "a_b", "[::1]", "::1%lo", "http://a", "a:80", "é"})
  void whatIsNoHostIsRefused(String host) {
    assertThat(faults(ConfigLoader.load(null, with(NEEDED_SETS, "listen.host=" + host), Map.of())))
        .singleElement()
        .asString()
        .contains("is not a host");
  }

  @Test
  void listenAndAdminMayNotShareAPort() throws IOException {
    assertThat(faults(load(NEEDED + "listen.port: 8081\n")))
        .containsExactly(
            folder.resolve("router.yaml")
                + ":3: listen.port: is the same for listen and admin; allowed two different ports");
    assertThat(load(NEEDED + "listen.port: 0\nadmin.port: 0\n")).isInstanceOf(Loaded.Ok.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://bars:s3cret@localhost/bars",
        "postgresql://bars@localhost/bars?password=s3cret"
      })
  void aPasswordInTheAddressIsTakenFromTheEnvironmentAlone(String uri) throws IOException {
    Path file = file("directory.file: t\naudit.postgres.uri: " + uri + "\n");
    String advice =
        "audit.postgres.uri: holds a password; put it into the file that"
            + " audit.postgres.password-file names";

    assertThat(faults(ConfigLoader.load(file, List.of(), Map.of())))
        .containsExactly(file + ":2: " + advice);
    assertThat(
            faults(
                ConfigLoader.load(
                    null, List.of("directory.file=t", "audit.postgres.uri=" + uri), Map.of())))
        .containsExactly("--set: " + advice);
    Map<String, String> environment = Map.of("BARS_AUDIT_POSTGRES_URI", uri);
    assertThat(ok(ConfigLoader.load(file, List.of(), environment)).audit().postgresUri())
        .isEqualTo(uri);
    assertThat(
            faults(
                ConfigLoader.load(
                    file, List.of("audit.postgres.password-file=router.yaml"), environment)))
        .singleElement()
        .asString()
        .contains("one of them");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://bars:s3cret@localhost",
        "postgresql://bars:s3cret@localhost:99999/bars",
        "bars:s3cret",
        "postgresql://bars:s3cret@one,two/bars"
      })
  void aSecretNeverShowsInAFault(String uri) throws IOException {
    List<String> faults = new ArrayList<>(faults(load("audit.postgres.uri: '" + uri + "'\n")));
    faults.addAll(faults(ConfigLoader.load(null, List.of("audit.postgres.uri" + uri), Map.of())));
    faults.addAll(
        faults(ConfigLoader.load(null, NEEDED_SETS, Map.of("BARS_AUDIT_POSTGRES_URI", uri))));

    assertThat(faults).hasSizeGreaterThan(3).noneMatch(fault -> fault.contains("s3cret"));
  }

  @Test
  void aFaultStaysOnOneLineAndShort() {
    List<String> sets = with(NEEDED_SETS, "node.name=" + "x\n".repeat(500));

    assertThat(faults(ConfigLoader.load(null, sets, Map.of())))
        .singleElement()
        .asString()
        .doesNotContain("\n")
        .contains("x\\u000a")
        .hasSizeLessThan(600);
  }

  @Test
  void aCheckMissesADirectoryThatAStartWaitsFor() throws IOException {
    Path file = file(NEEDED);

    assertThat(ConfigLoader.load(file, List.of(), Map.of())).isInstanceOf(Loaded.Ok.class);
    assertThat(faults(ConfigLoader.check(file, List.of(), Map.of())))
        .singleElement()
        .asString()
        .startsWith(file + ":1: directory.file: is not there");
  }

  @Test
  void aReceiverKeepsWhatItDoesNotSay() throws IOException {
    Files.writeString(folder.resolve("own.pem"), "");
    StreamConfig stream =
        ok(
            load(
                NEEDED
                    + """
                    stream.tls: {certificate: router.yaml, key: router.yaml}
                    receivers:
                      "A.Example.NHS.uk":
                        deadline: 1s
                        tls: {trust: own.pem}
                      a.example.nhs.uk:8443: {max-in-flight: 7, breaker: off, insecure: true}
                      192.0.2.1.connect-timeout: 3s
                      empty.example: {}
                    """))
            .stream();

    assertThat(stream.receivers())
        .containsOnlyKeys("a.example.nhs.uk", "a.example.nhs.uk:8443", "192.0.2.1");
    StreamConfig.Receiver byHost = stream.receiver(new ReceiverHost("a.example.nhs.uk", 443));
    assertThat(byHost)
        .isEqualTo(
            new StreamConfig.Receiver(
                Duration.ofSeconds(1),
                null,
                null,
                null,
                new StreamConfig.Tls(
                    folder.resolve("own.pem"),
                    folder.resolve("router.yaml"),
                    folder.resolve("router.yaml")),
                false));
    StreamConfig.Receiver byPort = stream.receiver(new ReceiverHost("a.example.nhs.uk", 8443));
    assertThat(byPort).isEqualTo(new StreamConfig.Receiver(null, null, 7, false, null, true));
  }

  @Test
  void aReceiverIsSetOnTheCommandLineAsWell() {
    List<String> sets =
        with(
            NEEDED_SETS,
            "receivers.127.0.0.1:9001.insecure=true",
            "receivers.host.example.max-in-flight=3");

    StreamConfig stream = ok(ConfigLoader.load(null, sets, Map.of())).stream();

    assertThat(stream.insecure(new ReceiverHost("127.0.0.1", 9001))).isTrue();
    assertThat(stream.insecure(new ReceiverHost("127.0.0.1", 9002))).isFalse();
    assertThat(stream.receivers()).containsOnlyKeys("127.0.0.1:9001", "host.example");
  }

  @Test
  void faultsOfReceiversNameTheReceiver() throws IOException {
    assertThat(
            faults(
                load(
                    NEEDED
                        + """
                        receivers:
                          a.example:
                            deadlin: 1s
                            deadline: 1
                            tls:
                              trst: x
                              key: router.yaml
                            stream:
                              deadline: 1s
                          b.example:70000: {deadline: 1s, insecure: true}
                          c.example: 5
                          http://d.example: {insecure: true}
                          A.example: {connect-timeout: 1s}
                          a.example.insecure: true
                          A.EXAMPLE.insecure: true
                        """)))
        .map(fault -> fault.substring(folder.resolve("router.yaml").toString().length() + 1))
        .containsExactly(
            "5: receivers.a.example.deadlin: unknown key of a receiver, did you mean deadline?",
            "6: receivers.a.example.deadline: \"1\" has no unit: ms, s, m, h or d; allowed 1ms to 10m",
            "8: receivers.a.example.tls.trst: unknown key of a receiver, did you mean tls.trust?",
            "9: receivers.a.example.tls.key: needs tls.certificate as well; allowed both or neither",
            "10: receivers.a.example.stream: unknown key of a receiver, they are breaker,"
                + " connect-timeout, deadline, insecure, max-in-flight, tls.certificate, tls.key, tls.trust",
            "12: receivers.b.example:70000: has a port that is out of bounds; allowed host or"
                + " host:port, a host name or an IPv4 address, port 1 to 65535",
            "13: receivers.c.example: must be a map of receivers' hosts to their keys",
            "14: receivers.http://d.example: is not a receiver's host; allowed host or host:port, a"
                + " host name or an IPv4 address, port 1 to 65535",
            "17: receivers.A.EXAMPLE.insecure: is set twice, first in line 16");
  }

  @Test
  void aReceiversUnknownKeyOnTheCommandLineIsAFault() {
    assertThat(
            faults(
                ConfigLoader.load(
                    null, with(NEEDED_SETS, "receivers.a.example.insecur=true"), Map.of())))
        .containsExactly(
            "--set: receivers.a.example.insecur: unknown key of a receiver, did you mean insecure?");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("router.yaml"), text);
  }

  private Loaded load(String text) throws IOException {
    return ConfigLoader.load(file(text), List.of(), Map.of());
  }

  private static List<String> with(List<String> sets, String... more) {
    List<String> all = new ArrayList<>(sets);
    all.addAll(List.of(more));
    return all;
  }

  private static RouterConfig ok(Loaded loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Ok.class);
    return ((Loaded.Ok) loaded).config();
  }

  private static List<String> faults(Loaded loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Faulty.class);
    return ((Loaded.Faulty) loaded).faults().stream().map(Fault::toString).toList();
  }

  @Test
  void splunkAndKafkaNeedTheirOtherHalf() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "t");

    assertThat(faults(load(NEEDED + "audit.splunk.url: https://splunk:8088\n")))
        .singleElement()
        .asString()
        .endsWith(
            "audit.splunk.url: needs audit.splunk.token-file as well; allowed both or neither");
    assertThat(faults(load(NEEDED + "audit.splunk.token-file: " + token + "\n")))
        .singleElement()
        .asString()
        .contains("needs audit.splunk.url as well");
    assertThat(faults(load(NEEDED + "audit.kafka.topic: bars\n")))
        .singleElement()
        .asString()
        .contains("needs audit.kafka.bootstrap-servers as well");
  }

  @Test
  void plainHttpToSplunkMustBeAskedFor() throws IOException {
    Files.writeString(folder.resolve("token"), "t");
    String splunk = NEEDED + "audit.splunk:\n  url: http://splunk:8088\n  token-file: token\n";

    assertThat(faults(load(splunk)))
        .singleElement()
        .asString()
        .endsWith(
            "audit.splunk.url: sends records and the token over plain http; allowed https, or"
                + " audit.splunk.insecure: true");
    assertThat(ok(load(splunk + "  insecure: true\n")).audit().splunk()).isNotNull();
  }

  @Test
  void aKafkaFileThatSetsWhatTheRouterMustIsRefused() throws IOException {
    Path file = folder.resolve("kafka.properties");
    String kafka =
        NEEDED
            + "audit.kafka:\n  bootstrap-servers: kafka:9092\n  topic: bars\n"
            + "  properties-file: kafka.properties\n";

    Files.writeString(file, "security.protocol=SASL_SSL\nacks=1\n");
    assertThat(faults(load(kafka)))
        .singleElement()
        .asString()
        .contains("audit.kafka.properties-file: sets acks");
    Files.writeString(file, "security.protocol=SASL_PLAINTEXT\n");
    assertThat(faults(load(kafka)))
        .singleElement()
        .asString()
        .contains("sets security.protocol to one without TLS");
    Files.writeString(file, "security.protocol=SASL_SSL\n");
    assertThat(ok(load(kafka)).audit().kafka()).isNotNull();
  }
}
