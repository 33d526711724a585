package org.openbars.router.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openbars.router.ledger.ChainHead;
import org.openbars.router.ledger.SealFiles;
import org.openbars.router.meter.Meters;

class SealerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final SampleExchanges samples = new SampleExchanges();
  private final Meters meters = new Meters();
  private TestLedger ledger;

  @BeforeEach
  void start() throws Exception {
    ledger = new TestLedger(folder);
  }

  @AfterEach
  void stop() {
    ledger.close();
  }

  private double gauge(String name) {
    return meters.registry().get(name).gauge().value();
  }

  private double counter(String name) {
    return meters.registry().get(name).counter().count();
  }

  private List<Path> sealFiles() throws Exception {
    try (var files = Files.list(ledger.sealFolder())) {
      return files.toList();
    }
  }

  @Test
  void whatARouterStoredIsSealedWhenItStops() throws Exception {
    AuditTrail trail = AuditTrail.start(ledger.config(), meters);
    for (int i = 0; i < 25; i++) {
      SampleExchanges.put(trail, samples.record());
    }

    TestLedger.await(trail.stop(PATIENCE));

    assertThat(sealFiles()).hasSize(1);
    TestLedger.Checked checked = ledger.verify();
    assertThat(checked.lines()).isEmpty();
    assertThat(checked.result()).hasToString("verified 25 records in 1 chains, 0 faults");
  }

  @Test
  void whatWasNotSealedBeforeTheProcessDiedIsSealedByTheNext() throws Exception {
    AuditTrail died = AuditTrail.start(ledger.config(false), new Meters());
    SampleExchanges.put(died, samples.record());
    TestLedger.await(died.stop(PATIENCE));
    assertThat(sealFiles()).isEmpty();

    AuditTrail next = AuditTrail.start(ledger.config(), meters);
    await()
        .atMost(PATIENCE)
        .until(() -> meters.registry().find("bars.audit.unsealed.seconds").gauge() != null);
    await().atMost(PATIENCE).until(() -> gauge("bars.audit.unsealed.seconds") > 0);
    TestLedger.await(next.stop(PATIENCE));

    assertThat(sealFiles()).hasSize(1);
    assertThat(ledger.verify().lines()).isEmpty();
  }

  @Test
  void folderThatIsAwayIsTriedAgainAndHoldsNothingUp() throws Exception {
    Path away = folder.resolve("mounted-later");
    Vertx vertx = Vertx.vertx();
    try {
      SealFiles files =
          new SealFiles(
              away,
              "node-1",
              KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
      Sealer sealer = new Sealer(vertx, files, InstantSource.system(), meters);
      ChainHead.Key key = new ChainHead.Key(LocalDate.of(2026, 11, 24), "node-1");
      sealer.moved(List.of(ChainHead.stored(key, 4, new byte[32])));

      TestLedger.await(sealer.seal().otherwiseEmpty());
      assertThat(counter("bars.audit.seals.failed")).isOne();
      sealer.moved(List.of(ChainHead.stored(key, 9, new byte[32])));
      Files.createDirectory(away);
      TestLedger.await(sealer.seal());

      assertThat(counter("bars.audit.seals")).isOne();
      try (var written = Files.list(away)) {
        assertThat(Files.readString(written.findFirst().orElseThrow()))
            .contains("\"length\":9")
            .doesNotContain("\"length\":4");
      }
      // The same ends again are nothing new.
      sealer.moved(List.of(ChainHead.stored(key, 9, new byte[32])));
      TestLedger.await(sealer.seal());
      assertThat(counter("bars.audit.seals")).isOne();
      assertThat(gauge("bars.audit.unsealed.seconds")).isZero();
    } finally {
      TestLedger.await(vertx.close());
    }
  }
}
