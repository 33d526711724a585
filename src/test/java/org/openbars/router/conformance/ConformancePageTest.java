package org.openbars.router.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openbars.router.conformance.ConformanceListener.Proved;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;

final class ConformancePageTest {
  private static final Proved PROVED =
      new Proved(
          Claim.error(BarsError.TARGET_UNKNOWN, Dialect.GUIDE, AnswerFormat.XML).text(),
          "org.openbars.router.conformance.ConformancePageTest",
          "some: <test>");

  private static int count(String page, String part) {
    return page.split(part, -1).length - 1;
  }

  @Test
  void whatNobodyProvedIsAGap() throws IOException {
    String none = new ConformancePage(List.of()).html();
    String one = new ConformancePage(List.of(PROVED)).html();

    assertThat(none).contains(" 0 of ").doesNotContain("td class=\"proved\"");
    assertThat(count(one, "td class=\"proved\"")).isEqualTo(1);
    assertThat(count(one, "td class=\"gap\"")).isEqualTo(count(none, "td class=\"gap\"") - 1);
  }

  @Test
  void aProofLeadsToItsTest() throws IOException {
    String page = new ConformancePage(List.of(PROVED)).html();
    String link = page.replaceFirst("(?s).*<a href=\"\\.\\./([^\"]+)\".*", "$1");

    assertThat(Files.exists(Path.of(link))).as(link).isTrue();
    assertThat(page).contains("ConformancePageTest some: &lt;test&gt;");
  }

  @Test
  void aProofSurvivesBeingWritten() {
    assertThat(Proved.of(PROVED.line())).isEqualTo(PROVED);
  }
}
