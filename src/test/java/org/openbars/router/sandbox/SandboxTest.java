package org.openbars.router.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.openbars.router.fixture.Exchanges.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openbars.router.fixture.Exchanges;
import org.openbars.router.message.Target;
import org.openbars.router.message.Uuids;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.SyntheticMessages;

final class SandboxTest {
  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static SandboxTargets targets() {
    Map<CareSetting, Integer> ports = new EnumMap<>(CareSetting.class);
    int port = SandboxReceivers.DEFAULT_FIRST_PORT + 1;
    for (CareSetting setting : CareSetting.values()) {
      ports.put(setting, port++);
    }
    return new SandboxTargets(ports, SandboxReceivers.DEFAULT_FIRST_PORT);
  }

  @Test
  void everyTargetIsAUsableUrlOfThisMachine() throws Exception {
    JsonNode systems = new ObjectMapper().readTree(targets().json()).get("NHSD-Target-Identifier");

    assertThat(systems.get("https://fhir.nhs.uk/Id/dos-service-id").get("2000011147").asText())
        .isEqualTo("http://127.0.0.1:18101/FHIR/R4");
    List<String> urls = new ArrayList<>();
    systems.forEach(system -> system.forEach(url -> urls.add(url.asText())));
    assertThat(urls)
        .hasSize(CareSetting.values().length + 1 + SandboxTargets.misbehaving().size())
        .allSatisfy(url -> assertThat(Target.parse(url).receiver().host()).isEqualTo("127.0.0.1"));
  }

  @Test
  void theFileInTheConfigurationIsThatOfTheDefaultPorts() throws Exception {
    assertThat(Files.readString(Path.of("config/sandbox/targets.json")))
        .isEqualTo(targets().json());
  }

  @Test
  void directivesOfTheMisbehavingTargetsAreKnown() {
    for (SandboxTargets.Misbehaving one : SandboxTargets.misbehaving()) {
      assertThat(Behaviour.parse(one.directives())).as(one.value()).isNotNull();
    }
  }

  @Test
  void receiversStartTogetherAndAnswerAsTheirService() {
    SandboxReceivers receivers = await(SandboxReceivers.start(vertx, 0));

    SandboxTargets targets = receivers.targets();
    assertThat(targets.ports()).hasSize(CareSetting.values().length);
    assertThat(targets.ports().values()).doesNotHaveDuplicates();
    Exchanges sender = new Exchanges(vertx, HttpVersion.HTTP_1_1);
    Exchanges.Answered answered =
        await(
            sender.exchange(
                Exchanges.to(HttpMethod.GET, targets.baseUrl(CareSetting.PHARMACY) + "/metadata"),
                Buffer.buffer()));
    assertThat(answered.body().toString()).contains(CareSetting.PHARMACY.target().value());
    await(receivers.stop());
  }

  @Test
  void whenOnePortIsTakenNoneStaysOpen() {
    MockReceivers taken = await(MockReceivers.start(vertx, MockReceivers.Options.loopback()));
    int first = taken.port() - 1;

    Future<SandboxReceivers> start = SandboxReceivers.start(vertx, first);

    assertThat(await(start.map("started").otherwise("refused"))).isEqualTo("refused");
  }

  /** Runs the three lines in bash against a server that plays router and admin port. */
  @Test
  void theLinesOfTheBannerWorkAsPasted() throws Exception {
    Map<String, SandboxPages.Page> pages = SandboxPages.render(SyntheticMessages.BEGAN).byName();
    ConcurrentLinkedQueue<HttpServerRequest> seen = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  seen.add(request);
                  SandboxPages.Page page =
                      pages.get(request.path().substring(request.path().lastIndexOf('/') + 1));
                  request
                      .body()
                      .onSuccess(
                          body -> {
                            bodies.add(body.toString());
                            request.response().end(page == null ? "ok" : page.text());
                          });
                });
    await(server.listen(0, "127.0.0.1"));
    String origin = "http://127.0.0.1:" + server.actualPort();
    SandboxBanner banner =
        new SandboxBanner(
            origin + "/booking-and-referral/FHIR/R4",
            origin,
            "postgresql://postgres@127.0.0.1:5432/postgres",
            targets(),
            Path.of(".sandbox"));

    assertThat(bash(banner.book())).contains("200 OK");
    assertThat(bash(banner.refer())).contains("200 OK");
    assertThat(bash(banner.audit())).isEqualTo("ok");

    List<HttpServerRequest> requests = List.copyOf(seen);
    List<String> sent = List.copyOf(bodies);
    assertThat(requests).hasSize(5);
    HttpServerRequest booking = requests.get(1);
    assertThat(booking.uri()).isEqualTo("/booking-and-referral/FHIR/R4/$process-message");
    assertThat(sent.get(1)).isEqualTo(pages.get("booking-request.json").text());
    assertThat(sent.get(3)).isEqualTo(pages.get("validation-referral.json").text());
    assertThat(Uuids.isUuid(booking.getHeader("X-Request-Id"))).isTrue();
    assertThat(decoded(booking, "NHSD-Target-Identifier").get("value").asText())
        .isEqualTo(CareSetting.EMERGENCY_DEPARTMENT.target().value());
    assertThat(decoded(booking, "NHSD-End-User-Organisation").get("resourceType").asText())
        .isEqualTo("Organization");
    assertThat(decoded(booking, "NHSD-Requesting-Software").get("resourceType").asText())
        .isEqualTo("Device");
    assertThat(booking.getHeader("use-context")).isEqualTo("a1t1|booked|booking-request|new");
    assertThat(requests.get(4).uri())
        .isEqualTo("/api/audit?correlation-id=" + booking.getHeader("X-Correlation-Id"));
    assertThat(banner.text().lines()).contains(banner.book(), banner.refer(), banner.audit());
  }

  private static JsonNode decoded(HttpServerRequest request, String header) throws Exception {
    byte[] json = Base64.getDecoder().decode(request.getHeader(header));
    return new ObjectMapper().readTree(json);
  }

  private static String bash(String line) throws Exception {
    Process process = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
