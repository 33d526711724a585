package org.openbars.router.sandbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;

/**
 * What the sandbox prints when it is up: what runs where, and three lines that can be pasted into
 * bash as they are.
 *
 * @param router base URL that senders use, as {@code
 *     http://127.0.0.1:8080/booking-and-referral/FHIR/R4}
 * @param admin base URL of the admin port, as {@code http://127.0.0.1:8081}
 * @param database what {@link EmbeddedDatabase#uri()} says
 * @param folder what stays behind
 */
public record SandboxBanner(
    String router, String admin, String database, SandboxTargets targets, Path folder) {
  /** The conversation of the line that books. */
  public static final String BOOKING_CORRELATION = "b0041c00-0000-4000-8000-000000000001";

  /** The conversation of the line that refers. */
  public static final String REFERRAL_CORRELATION = "4efe44a1-0000-4000-8000-000000000002";

  private static final String BOOKING_REQUEST = "b0041c00-0000-4000-8000-0000000000a1";
  private static final String REFERRAL_REQUEST = "4efe44a1-0000-4000-8000-0000000000a2";
  private static final String ORGANISATION =
      "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":"
          + "\"https://fhir.nhs.uk/Id/ods-organization-code\",\"value\":\"ZZ9153\"}],"
          + "\"name\":\"Sandbox Sending Service\"}";
  private static final String SOFTWARE =
      "{\"resourceType\":\"Device\",\"identifier\":[{\"system\":"
          + "\"https://sandbox.example.org/Id/device-identifier\",\"value\":\"SANDBOX-1\"}],"
          + "\"deviceName\":[{\"name\":\"BaRS router sandbox\",\"type\":\"manufacturer-name\"}],"
          + "\"version\":[{\"value\":\"1.0.0\"}]}";

  /** The whole text, its last line ended. */
  public String text() {
    StringBuilder text = new StringBuilder(8192);
    line(text, "");
    line(text, "BaRS sandbox. All data is synthetic; keep real patients' data out of it.");
    line(text, "");
    line(text, "  router       " + router);
    line(text, "  admin        " + admin);
    line(text, "  PostgreSQL   " + database);
    line(text, "");
    line(text, "Mock receivers, system " + CareSetting.SYSTEM);
    for (CareSetting setting : CareSetting.values()) {
      if (targets.ports().containsKey(setting)) {
        line(text, row(setting.target().value(), targets.baseUrl(setting), setting.label()));
      }
    }
    line(text, row(SandboxTargets.LOAD.value(), targets.loadUrl(), "remembers nothing: for load"));
    line(text, "");
    line(text, "Mock receivers, system " + SandboxTargets.TESTS);
    for (SandboxTargets.Misbehaving one : SandboxTargets.misbehaving()) {
      line(text, row(one.value(), targets.baseUrl(one), one.meaning()));
    }
    line(text, "");
    line(text, "Book an appointment at the emergency department:");
    line(text, book());
    line(text, "");
    line(text, "Refer a 999 case for validation to the clinical assessment service:");
    line(text, refer());
    line(text, "");
    line(text, "Each is one message: pasted again it is a retry, and answered 409 duplicate.");
    line(text, "");
    line(text, "See what the audit holds about the booking:");
    line(text, audit());
    line(text, "");
    line(text, "Stop with Ctrl-C. " + folder + " stays, with PostgreSQL's unpacked binaries.");
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }

  private static String row(String value, String url, String meaning) {
    return String.format("  %-22s %-62s %s", value, url, meaning);
  }

  /** Books an appointment: one line of bash. */
  public String book() {
    return send(
        "booking-request.json",
        CareSetting.EMERGENCY_DEPARTMENT.target(),
        "a1t1|booked|booking-request|new",
        BOOKING_REQUEST,
        BOOKING_CORRELATION);
  }

  /** Sends a 999 referral for validation: one line of bash. */
  public String refer() {
    return send(
        "validation-referral.json",
        CareSetting.CLINICAL_ASSESSMENT_SERVICE.target(),
        "a4t1|validation|servicerequest-request|new",
        REFERRAL_REQUEST,
        REFERRAL_CORRELATION);
  }

  /** Asks the audit about the booking: one line of bash. */
  public String audit() {
    return "curl -sS '" + admin + "/api/audit?correlation-id=" + BOOKING_CORRELATION + "'";
  }

  /** Single quotes throughout: bash would read {@code $process-message} as a variable. */
  private String send(
      String message,
      TargetIdentifier target,
      String useContext,
      String requestId,
      String correlationId) {
    return String.join(
        " ",
        "curl -sS '" + admin + SandboxPages.PATH + message + "'",
        "| curl -sS -i -X POST '" + router + "/$process-message'",
        header("X-Request-Id", requestId),
        header("X-Correlation-Id", correlationId),
        header("NHSD-Target-Identifier", targetHeader(target)),
        header("NHSD-End-User-Organisation", base64(ORGANISATION)),
        header("NHSD-Requesting-Software", base64(SOFTWARE)),
        header("use-context", useContext),
        header("Content-Type", "application/fhir+json"),
        header("Accept", "application/fhir+json; version=1.1.0"),
        "--data-binary @-");
  }

  /** {@code NHSD-Target-Identifier} for one of the sandbox's targets. */
  public static String targetHeader(TargetIdentifier target) {
    return base64("{\"system\":\"" + target.system() + "\",\"value\":\"" + target.value() + "\"}");
  }

  private static String header(String name, String value) {
    return "-H '" + name + ": " + value + "'";
  }

  private static String base64(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
