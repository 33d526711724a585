package org.openbars.router.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.LiveRow;

/** The page that senders read says what the router does. */
class ErrorsPageTest {
  private static final Path PAGE = Path.of("docs", "errors.md");
  private static final Set<BarsError> FORWARDED_IN_LIVE =
      Set.of(BarsError.UNKNOWN_PATH, BarsError.WRONG_METHOD);

  private static final Map<String, List<String>> ROWS = new LinkedHashMap<>();
  private static List<String> lines = List.of();

  @BeforeAll
  static void read() throws IOException {
    lines = Files.readAllLines(PAGE);
    int head =
        IntStream.range(0, lines.size())
            .filter(i -> lines.get(i).startsWith("| Reason |"))
            .findFirst()
            .orElseThrow();
    assertThat(cells(lines.get(head)))
        .containsExactly(
            "Reason",
            "When",
            "Status",
            "Retry-After",
            "Code in guide",
            "Issue in guide",
            "Code in live",
            "Issue in live");
    for (int i = head + 2; lines.get(i).startsWith("|"); i++) {
      List<String> cells = cells(lines.get(i));
      assertThat(ROWS.put(cells.get(0), cells)).as("%s twice", cells.get(0)).isNull();
    }
  }

  @Test
  void pageHasARowForEachFaultAndNoOther() {
    assertThat(ROWS.keySet())
        .containsExactlyElementsOf(Arrays.stream(BarsError.values()).map(Enum::name).toList());
  }

  @ParameterizedTest
  @EnumSource(BarsError.class)
  void rowSaysWhatIsAnswered(BarsError error) {
    List<String> row = ROWS.get(error.name());
    boolean forwarded = FORWARDED_IN_LIVE.contains(error);
    String liveCode = error.live().map(LiveRow::code).orElse(error.code());
    String liveIssue = error.live().map(LiveRow::issue).orElse(error.issue());

    assertThat(row.get(1)).isNotEmpty();
    assertThat(row.subList(2, row.size()))
        .containsExactly(
            String.valueOf(error.status()),
            error.retryAfter() ? "yes" : "no",
            error.code(),
            error.issue(),
            forwarded ? "to the receiver" : liveCode,
            forwarded ? "to the receiver" : liveIssue);
  }

  @Test
  void pageAnswersEachDisagreement() {
    List<String> numbers =
        lines.stream()
            .filter(l -> l.startsWith("| D"))
            .map(ErrorsPageTest::cells)
            .filter(c -> c.size() == 3 && !c.get(1).isEmpty() && !c.get(2).isEmpty())
            .map(c -> c.get(0))
            .toList();

    assertThat(numbers)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 34).mapToObj(i -> "D" + i).toList());
  }

  private static List<String> cells(String line) {
    String inner = line.substring(1, line.length() - 1);
    return Arrays.stream(inner.split("\\|", -1)).map(c -> c.replace("`", "").trim()).toList();
  }
}
