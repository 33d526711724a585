package org.openbars.router.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Collects what tests prove and writes {@code target/conformance.html} when all have run; the
 * integration tests, in a JVM of their own, add to what the unit tests wrote.
 */
public final class ConformanceListener implements TestExecutionListener {
  private static final Path TARGET = Path.of("target");
  private static final Path PROVED = TARGET.resolve("conformance.tsv");
  private static final Path PAGE = TARGET.resolve("conformance.html");

  private final Map<String, List<String>> claimed = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Proved> proved = new ConcurrentLinkedQueue<>();

  /**
   * A claim and who proved it.
   *
   * @param testClass its full name
   */
  record Proved(String claim, String testClass, String test) {
    String line() {
      return String.join("\t", claim, testClass, test.replaceAll("\\s+", " "));
    }

    static Proved of(String line) {
      String[] parts = line.split("\t", 3);
      return new Proved(parts[0], parts[1], parts[2]);
    }
  }

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    String claim = entry.getKeyValuePairs().get(Proof.KEY);
    if (claim != null) {
      claimed.computeIfAbsent(test.getUniqueId(), id -> new ArrayList<>()).add(claim);
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    List<String> claims = claimed.remove(test.getUniqueId());
    if (claims == null || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      return;
    }
    MethodSource method =
        test.getSource()
            .filter(MethodSource.class::isInstance)
            .map(MethodSource.class::cast)
            .orElseThrow();
    String name = method.getMethodName() + ": " + test.getDisplayName();
    claims.forEach(claim -> proved.add(new Proved(claim, method.getClassName(), name)));
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (!Files.isDirectory(TARGET)) {
      return;
    }
    try {
      List<Proved> all = new ArrayList<>();
      if (Boolean.getBoolean("conformance.begun") && Files.exists(PROVED)) {
        Files.readAllLines(PROVED).forEach(line -> all.add(Proved.of(line)));
      }
      all.addAll(proved);
      Files.write(
          PROVED,
          all.stream().map(Proved::line).toList(),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING);
      Files.writeString(PAGE, new ConformancePage(all).html());
    } catch (IOException e) {
      throw new UncheckedIOException("target/conformance.html cannot be written", e);
    }
  }
}
