package org.openbars.router.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openbars.router.message.TargetIdentifier;
import org.openbars.router.sandbox.synthetic.CareSetting;

/**
 * The sandbox's targets file, in the live format: each care setting on a port of its own, and under
 * the system {@code tests} receivers that misbehave in one named way each. All in plain http on
 * 127.0.0.1.
 *
 * @param ports where each care setting's mock receiver listens
 * @param misbehavingPort where the misbehaving ones listen
 * @param others base URLs that stand in for the mock receivers of some care settings
 */
public record SandboxTargets(
    Map<CareSetting, Integer> ports, int misbehavingPort, Map<CareSetting, String> others) {
  /** The system that the live targets file keeps for tests. */
  public static final String TESTS = "tests";

  /** Answers every message alike and remembers none: what load is sent to. */
  public static final TargetIdentifier LOAD =
      new TargetIdentifier(CareSetting.SYSTEM, "2000099999");

  private static final String ROOT = "NHSD-Target-Identifier";

  /**
   * Misbehaving targets: what the sender names, what {@link Behaviour} does, and what that is like.
   *
   * @param scheme of its base URL; the receiver itself speaks plain http
   * @param value the target identifier's value, its system is {@link #TESTS}
   * @param meaning in words, for the banner and the docs
   */
  public record Misbehaving(String scheme, String value, String directives, String meaning) {
    Misbehaving(String value, String directives, String meaning) {
      this("http", value, directives, meaning);
    }

    public TargetIdentifier target() {
      return new TargetIdentifier(TESTS, value);
    }
  }

  private static final List<Misbehaving> MISBEHAVING =
      List.of(
          new Misbehaving("NHS0001", "", "answers as it should"),
          new Misbehaving("slow", "delay=2s", "answers after 2 s, the guide's 90 % line"),
          new Misbehaving("too-slow", "delay=1m", "answers after the router's deadline: 408"),
          new Misbehaving("hang", "hang=before-head", "reads the request and never answers"),
          new Misbehaving("hang-mid-body", "hang=mid-body", "stops in the middle of its answer"),
          new Misbehaving("drip", "drip=256@200ms", "answers 256 bytes at a time"),
          new Misbehaving("slow-read", "slow-read=4KiB", "reads 4 KiB of the request a second"),
          new Misbehaving("status-500", "status=500", "fails, with an OperationOutcome"),
          new Misbehaving(
              "status-503-no-outcome", "status=503,body=none", "is down, and says no more"),
          new Misbehaving(
              "status-502-html", "status=502,body=html", "has a gateway that answers a web page"),
          new Misbehaving(
              "status-403-no-outcome", "status=403,body=none", "refuses our certificate"),
          new Misbehaving("status-504", "status=504,body=none", "has a system behind it time out"),
          new Misbehaving("duplicate", "status=409", "has processed this request id before"),
          new Misbehaving("too-early", "status=425", "is still processing this request id"),
          new Misbehaving("too-many-requests", "status=429,retry-after=3", "asks to wait for 3 s"),
          new Misbehaving("no-ids", "noids", "does not mirror the two ids"),
          new Misbehaving("https", "tls-failure", "", "fails the TLS handshake"),
          new Misbehaving("gzip", "encoding=gzip", "answers gzipped"),
          new Misbehaving("reset-before-read", "reset=before-read", "resets before it reads"),
          new Misbehaving(
              "reset-after-read", "reset=after-read", "resets when it has the whole message"),
          new Misbehaving("reset-mid-body", "reset=mid-body", "resets in the middle of its answer"),
          new Misbehaving(
              "close-mid-body", "close=mid-body", "hangs up in the middle of its answer"));

  public SandboxTargets {
    ports = Map.copyOf(ports);
    others = Map.copyOf(others);
  }

  /** None but the mock receivers. */
  public SandboxTargets(Map<CareSetting, Integer> ports, int misbehavingPort) {
    this(ports, misbehavingPort, Map.of());
  }

  /** With a supplier's own receivers in the place of some. */
  public SandboxTargets with(Map<CareSetting, String> newOthers) {
    return new SandboxTargets(ports, misbehavingPort, newOthers);
  }

  /** Every target under the system {@code tests}, in the order of the file. */
  public static List<Misbehaving> misbehaving() {
    return MISBEHAVING;
  }

  /** The base URL of a care setting's receiver. */
  public String baseUrl(CareSetting setting) {
    String other = others.get(setting);
    if (other != null) {
      return other;
    }
    Integer port = ports.get(setting);
    if (port == null) {
      throw new IllegalArgumentException("no port for " + setting);
    }
    return "http://127.0.0.1:" + port + setting.basePath();
  }

  /** The base URL of a misbehaving receiver. */
  public String baseUrl(Misbehaving misbehaving) {
    String path =
        misbehaving.directives.isEmpty() ? "/FHIR/R4" : "/behave/" + misbehaving.directives;
    return misbehaving.scheme + "://127.0.0.1:" + misbehavingPort + path;
  }

  /** The base URL of the receiver that takes load. */
  public String loadUrl() {
    return "http://127.0.0.1:" + misbehavingPort + "/FHIR/R4";
  }

  /** The whole document as indented JSON. */
  public String json() {
    Map<String, String> services = new LinkedHashMap<>();
    for (CareSetting setting : CareSetting.values()) {
      if (ports.containsKey(setting)) {
        services.put(setting.target().value(), baseUrl(setting));
      }
    }
    services.put(LOAD.value(), loadUrl());
    Map<String, String> tests = new LinkedHashMap<>();
    MISBEHAVING.forEach(one -> tests.put(one.value, baseUrl(one)));
    Map<String, Map<String, String>> systems = new LinkedHashMap<>();
    systems.put(CareSetting.SYSTEM, services);
    systems.put(TESTS, tests);
    try {
      return new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(Map.of(ROOT, systems))
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts can be written", e);
    }
  }
}
