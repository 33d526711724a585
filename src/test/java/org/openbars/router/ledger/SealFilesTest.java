package org.openbars.router.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealFilesTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final ChainHead.Key CHAIN = new ChainHead.Key(DAY, "node-1");

  @TempDir Path folder;

  private final KeyPair keys = pair();

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ChainHead head(long length) {
    byte[] hash = new byte[32];
    hash[0] = (byte) length;
    return ChainHead.stored(CHAIN, length, hash);
  }

  private SealFiles sealing(String node) {
    return new SealFiles(folder, node, keys.getPrivate());
  }

  private Seals read(PublicKey... given) throws IOException {
    List<PublicKey> known = given.length == 0 ? List.of(keys.getPublic()) : List.of(given);
    return Seals.read(folder, known, DAY.minusDays(90), DAY.plusDays(90));
  }

  private static List<Fault> faults(Seals seals) {
    List<Fault> faults = new ArrayList<>();
    seals.report(faults::add);
    return faults;
  }

  private Path file(String day) {
    return folder.resolve("seal-node-1-" + day + ".jsonl");
  }

  @Test
  void whatWasSealedIsReadOverDaysAndNodes() throws IOException {
    SealFiles one = sealing("node-1");
    one.append(NOON, List.of(head(3)));
    one.append(NOON.plusSeconds(60), List.of(head(7)));
    one.append(NOON.plusSeconds(86_400), List.of(head(9)));
    sealing("node-1-b").append(NOON, List.of());

    Seals read = read();

    assertThat(faults(read)).isEmpty();
    assertThat(read.of(CHAIN)).extracting(Seals.Sealed::length).containsExactly(3L, 7L, 9L);
    assertThat(read.lines()).isEqualTo(4);
    assertThat(read.first()).isEqualTo(DAY);
    assertThat(file("20261124")).exists();
    assertThat(file("20261125")).exists();
  }

  @Test
  void lineThatIsChangedTakenOutOrPutInIsFound() throws IOException {
    SealFiles one = sealing("node-1");
    for (int i = 1; i <= 5; i++) {
      one.append(NOON.plusSeconds(i * 60L), List.of(head(i)));
    }
    one.append(NOON.plusSeconds(86_400), List.of(head(6)));
    List<String> lines = Files.readAllLines(file("20261124"));

    Files.write(
        file("20261124"), replaced(lines, 2, lines.get(2).replace("\"length\":3", "\"length\":2")));
    assertThat(faults(read()))
        .extracting(Fault::what)
        .containsExactly(
            "line 3 of seal-node-1-20261124.jsonl was changed: its signature is wrong",
            "line 4 of seal-node-1-20261124.jsonl does not follow the line before: one is missing");

    List<String> without = new ArrayList<>(lines);
    without.remove(2);
    Files.write(file("20261124"), without);
    assertThat(faults(read())).extracting(Fault::kind).containsExactly(Fault.Kind.SEAL);

    List<String> twice = new ArrayList<>(lines);
    twice.add(3, lines.get(1));
    Files.write(file("20261124"), twice);
    assertThat(faults(read())).isNotEmpty().allMatch(fault -> fault.kind() == Fault.Kind.SEAL);

    // The last line of a day is held by the next day's first.
    Files.write(file("20261124"), lines.subList(0, 4));
    assertThat(faults(read()))
        .extracting(Fault::what)
        .containsExactly(
            "line 1 of seal-node-1-20261125.jsonl does not follow the line before: one is missing");

    Files.write(file("20261124"), lines);
    assertThat(faults(read())).isEmpty();
  }

  private static List<String> replaced(List<String> lines, int at, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(at, line);
    return changed;
  }

  @Test
  void lineSignedByAnotherKeyIsFound() throws IOException {
    sealing("node-1").append(NOON, List.of(head(1)));

    assertThat(faults(read(pair().getPublic())))
        .singleElement()
        .extracting(Fault::what)
        .asString()
        .contains("signed with a key that was not given");
    assertThat(faults(read(pair().getPublic(), keys.getPublic()))).isEmpty();
  }

  @Test
  void lineThatACrashCutShortIsReportedAndTheNextStandsByItself() throws IOException {
    SealFiles one = sealing("node-1");
    one.append(NOON, List.of(head(1)));
    Files.writeString(file("20261124"), "{\"v\":1,\"time\":\"2026", StandardOpenOption.APPEND);
    one.append(NOON.plusSeconds(60), List.of(head(2)));

    Seals read = read();

    assertThat(faults(read))
        .extracting(Fault::what)
        .containsExactly("line 2 of seal-node-1-20261124.jsonl is not whole");
    assertThat(read.of(CHAIN)).extracting(Seals.Sealed::length).containsExactly(1L, 2L);
  }

  @Test
  void twoProcessesOfOneNameContinueOneFile() throws IOException {
    SealFiles two = sealing("node-1");
    SealFiles one = sealing("node-1");
    for (int i = 1; i <= 20; i++) {
      one.append(NOON, List.of(head(i)));
      two.append(NOON, List.of(head(i)));
    }

    assertThat(faults(read())).isEmpty();
    assertThat(read().lines()).isEqualTo(40);
  }

  @Test
  void folderThatIsNotThereIsNotMade() {
    Path gone = folder.resolve("not-mounted");

    assertThatThrownBy(
            () -> new SealFiles(gone, "node-1", keys.getPrivate()).append(NOON, List.of(head(1))))
        .isInstanceOf(NotDirectoryException.class);
    assertThat(gone).doesNotExist();
  }

  @Test
  void filesOfErasedDaysGoAndOthersStay() throws IOException {
    sealing("node-1").append(NOON, List.of(head(1)));
    sealing("node-1").append(NOON.plusSeconds(86_400), List.of(head(2)));
    Files.writeString(folder.resolve("seal.pub"), "");

    assertThat(SealFiles.deleteBefore(folder, DAY.plusDays(1))).isOne();

    assertThat(file("20261124")).doesNotExist();
    assertThat(file("20261125")).exists();
    assertThat(folder.resolve("seal.pub")).exists();
    assertThat(faults(read())).isEmpty();
  }

  @Test
  void keysAreReadFromPemAndThePublicHalfIsWorkedOut() throws IOException {
    Path secret = pem("PRIVATE KEY", keys.getPrivate().getEncoded());
    Path open = pem("PUBLIC KEY", keys.getPublic().getEncoded());

    assertThat(SealKeys.publicHalf(SealKeys.privateKey(secret))).isEqualTo(keys.getPublic());
    assertThat(SealKeys.publicKey(open)).isEqualTo(keys.getPublic());
    assertThatThrownBy(() -> SealKeys.privateKey(open))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("holds no private key");
  }

  private Path pem(String kind, byte[] der) throws IOException {
    String text =
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder().encodeToString(der)
            + "\n-----END "
            + kind
            + "-----\n";
    return Files.writeString(folder.resolve(kind + ".pem"), text);
  }
}
