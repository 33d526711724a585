package org.openbars.router.conformance;

import static org.openbars.router.conformance.Claim.lower;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openbars.router.conformance.ConformanceListener.Proved;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.message.ApiVersion;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.Interaction;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.journey.JourneyFiles;

/**
 * Interactions by version, care journeys by format, error rows by dialect and format; each cell
 * leads to the tests that proved it. Rows come from the router's own tables, so that what nobody
 * proved shows as a gap.
 */
final class ConformancePage {
  /** The versions of the API that are published (API-Spec-Change-Log). */
  static final List<ApiVersion> VERSIONS =
      IntStream.rangeClosed(0, 5).mapToObj(minor -> new ApiVersion(1, minor, 0)).toList();

  private static final String STYLE =
      """
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; max-width: 75em; }
      table { border-collapse: collapse; margin: 1em 0; }
      th, td { border: 1px solid #bbb; padding: .25em .6em; text-align: left; }
      td.proved { background: #dff2df; } td.gap { background: #f8d7d7; } td.none { color: #777; }
      code { font-size: 13px; }
      """;

  private final Map<String, List<Proved>> byClaim = new LinkedHashMap<>();
  private final StringBuilder html = new StringBuilder(64 * 1024);
  private int cells;
  private int gaps;

  ConformancePage(List<Proved> proved) {
    for (Proved each : proved) {
      byClaim.computeIfAbsent(each.claim(), claim -> new ArrayList<>()).add(each);
    }
  }

  String html() throws IOException {
    interactions();
    journeys();
    errors();
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<title>Conformance of the BaRS router</title><style>\n"
        + STYLE
        + "</style></head><body>\n<h1>Conformance of the BaRS router</h1>\n<p>Written by the tests"
        + " that ran last: "
        + (cells - gaps)
        + " of "
        + cells
        + " cells proved, "
        + gaps
        + " gaps. A number leads to the test that proved the cell, and says how many did.</p>\n"
        + html
        + "</body></html>\n";
  }

  private void interactions() {
    head("Interactions, by version of the API", VERSIONS.stream().map(ApiVersion::toString));
    for (Interaction interaction : Interaction.values()) {
      row(interaction.method() + " " + interaction.pathTemplate());
      for (ApiVersion version : VERSIONS) {
        if (version.compareTo(interaction.since()) < 0) {
          html.append("<td class=\"none\">not in it</td>");
        } else {
          cell(Claim.interaction(interaction, version));
        }
      }
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private void journeys() throws IOException {
    head("Care journeys, played to their end", Stream.of("about", "rules", "json", "xml"));
    for (Journey journey : JourneyFiles.packaged()) {
      row(journey.code());
      html.append("<td>").append(escaped(journey.title())).append("</td><td>");
      html.append(journey.useCase().application()).append(' ');
      html.append(journey.useCase().version()).append(", ").append(lower(journey.status()));
      html.append("</td>");
      for (AnswerFormat format : AnswerFormat.values()) {
        cell(Claim.journey(journey.code(), format));
      }
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private void errors() {
    List<String> columns = new ArrayList<>(List.of("answer"));
    for (Dialect dialect : Dialect.values()) {
      for (AnswerFormat format : AnswerFormat.values()) {
        columns.add(lower(dialect) + ", " + lower(format));
      }
    }
    head("Error rows, by dialect and format", columns.stream());
    for (BarsError error : BarsError.values()) {
      row(error.name());
      html.append("<td>").append(error.status()).append(' ').append(error.code());
      html.append(' ').append(error.issue()).append("</td>");
      for (Dialect dialect : Dialect.values()) {
        for (AnswerFormat format : AnswerFormat.values()) {
          errorCell(error, dialect, format);
        }
      }
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  /** What one of the dialects leaves to the receiver, and its answer to pass as it is. */
  private void errorCell(BarsError error, Dialect dialect, AnswerFormat format) {
    boolean receivers =
        dialect == Dialect.LIVE
            && (error == BarsError.UNKNOWN_PATH || error == BarsError.WRONG_METHOD);
    boolean passes = dialect == Dialect.GUIDE && error == BarsError.RECEIVER_ANSWERED_NO_STORE;
    if (receivers || passes) {
      html.append("<td class=\"none\">the receiver's</td>");
    } else {
      cell(Claim.error(error, dialect, format));
    }
  }

  private void head(String title, Stream<String> columns) {
    html.append("<h2>").append(title).append("</h2>\n<table><tr><th></th>");
    columns.forEach(column -> html.append("<th>").append(escaped(column)).append("</th>"));
    html.append("</tr>\n");
  }

  private void row(String name) {
    html.append("<tr><td><code>").append(escaped(name)).append("</code></td>");
  }

  private void cell(Claim claim) {
    cells++;
    List<Proved> proofs = byClaim.getOrDefault(claim.text(), List.of());
    if (proofs.isEmpty()) {
      gaps++;
      html.append("<td class=\"gap\">no test</td>");
      return;
    }
    Proved first = proofs.get(0);
    String top = first.testClass().replaceFirst("\\$.*", "");
    html.append("<td class=\"proved\"><a href=\"../src/test/java/")
        .append(top.replace('.', '/'))
        .append(".java\" title=\"")
        .append(escaped(top.substring(top.lastIndexOf('.') + 1) + " " + first.test()))
        .append("\">")
        .append(proofs.size())
        .append("</a></td>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
