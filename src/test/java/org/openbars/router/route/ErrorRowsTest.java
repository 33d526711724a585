package org.openbars.router.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.StrictErrorHandler;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.openbars.router.conformance.Proof;
import org.openbars.router.fhir.AnswerFormat;
import org.openbars.router.fixture.OutcomeBody;
import org.openbars.router.fixture.RawAnswer;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.fixture.RawSender;
import org.openbars.router.fixture.RunningRouter;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.Dialect;
import org.openbars.router.message.LiveRow;

/** The contract's table of errors, row by row, on real sockets. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ErrorRowsTest {
  private static final String GUIDE_PROFILE =
      "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome";
  private static final String GUIDE_SYSTEM = "https://fhir.nhs.uk/CodeSystem/http-error-codes";
  private static final String LIVE_PROFILE =
      "https://simplifier.net/guide/UKCoreDevelopment2/ProfileUKCore-OperationOutcome";
  private static final String LIVE_SYSTEM = "https://fhir.nhs.uk/Codesystem/http-error-codes";
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final FhirContext FHIR = FhirContext.forR4();
  private static final String MARK = "X-Test-Row";

  /** Both cases, so that an answer that rewrote them would show. */
  private static final String REQUEST_ID = "C1AB3fba-6bae-4BA4-b257-5a87c44d4a91";

  /** What no row here meets, and why. */
  private static final Map<BarsError, String> UNMET =
      Map.of(
          BarsError.TARGET_AMBIGUOUS, "a targets file has no repeated key; needs the catalogue",
          BarsError.RECEIVER_SUSPENDED, "takes a host that keeps failing: SuspendedReceiverTest");

  private static final List<FaultRow> ROWS =
      Stream.of(SenderFaults.all(), GateFaults.all(), NodeFaults.all(), ReceiverFaults.all())
          .flatMap(List::stream)
          .toList();

  private static FaultWorld world;
  private static final Set<String> ids = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void start() throws Exception {
    world = new FaultWorld(ROWS);
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  static Stream<Arguments> rowsInGuide() {
    return each(ROWS.stream().filter(row -> row.guide() != null));
  }

  static Stream<Arguments> rowsInLive() {
    return each(ROWS.stream().filter(row -> row.live() != null));
  }

  private static Stream<Arguments> each(Stream<FaultRow> rows) {
    return rows.flatMap(
        row -> Stream.of(AnswerFormat.values()).map(format -> Arguments.of(row, format)));
  }

  static Stream<FaultRow> rowsOverHttp2() {
    return ROWS.stream().filter(row -> row.guide() != null && row.traits().http2());
  }

  @ParameterizedTest
  @MethodSource("rowsInGuide")
  @Order(1)
  void guideAnswersAsTheContractSays(FaultRow row, AnswerFormat format, TestReporter reporter) {
    RawRequest request = request(row, format);
    long before = world.arrived();
    RawAnswer answer = RawSender.exchange(world.port(Dialect.GUIDE, row.where()), request);

    assertArrival(row, before);
    assertGuide(row, format, request, answer);
    Proof.error(reporter, row.guide().error(), Dialect.GUIDE, format);
  }

  @ParameterizedTest
  @MethodSource("rowsOverHttp2")
  @Order(1)
  void guideAnswersTheSameOverHttp2(FaultRow row) {
    RawRequest request = request(row, AnswerFormat.JSON);
    long before = world.arrived();
    RawAnswer answer = world.http2.exchange(world.port(Dialect.GUIDE, row.where()), request);

    assertArrival(row, before);
    assertGuide(row, AnswerFormat.JSON, request, answer);
  }

  @ParameterizedTest
  @MethodSource("rowsInLive")
  @Order(1)
  void liveAnswersAsTheLiveProxyDoes(FaultRow row, AnswerFormat format, TestReporter reporter) {
    RawRequest request = request(row, format);
    long before = world.arrived();
    RawAnswer answer = RawSender.exchange(world.port(Dialect.LIVE, row.where()), request);

    assertArrival(row, before);
    LiveRow live = row.live().row();
    OutcomeBody body = OutcomeBody.of(answer);
    if (live == null) {
      assertThat(answer.status()).isEqualTo(row.guide().status());
      assertFresh(body);
      assertThat(body)
          .isEqualTo(
              new OutcomeBody(
                  body.id(),
                  LIVE_PROFILE,
                  "error",
                  row.guide().issue(),
                  LIVE_SYSTEM,
                  row.guide().code(),
                  Optional.empty(),
                  row.live().error().diagnostics()));
    } else {
      assertThat(answer.status()).isEqualTo(live.status());
      assertThat(body)
          .isEqualTo(
              new OutcomeBody(
                  live.id(),
                  live.profile(),
                  "error",
                  live.issue(),
                  live.system(),
                  live.code(),
                  Optional.empty(),
                  live.diagnostics()));
    }
    assertHead(row, format, request, answer, Dialect.LIVE);
    Proof.error(reporter, row.live().error(), Dialect.LIVE, format);
  }

  @Test
  @Order(2)
  void nothingOfARefusedMessageEverArrives() {
    Set<String> mayArrive = new HashSet<>();
    ROWS.stream().filter(r -> r.traits().arrives()).forEach(r -> mayArrive.add(mark(r)));

    List<String> arrived = new ArrayList<>();
    world.arrivals().forEach(arrival -> arrived.addAll(arrival.headers(MARK)));
    assertThat(arrived).isNotEmpty().isSubsetOf(mayArrive);
  }

  @Test
  void everyFaultThatCanBeMetIsMetByARow() {
    Set<BarsError> met = EnumSet.noneOf(BarsError.class);
    for (FaultRow row : ROWS) {
      if (row.guide() != null) {
        met.add(row.guide().error());
      }
      if (row.live() != null) {
        met.add(row.live().error());
      }
    }

    assertThat(met).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(UNMET.keySet())));
  }

  /** Waits for what must arrive, so that it is not taken for the next row's. */
  private static void assertArrival(FaultRow row, long before) {
    if (row.traits().arrives()) {
      await().until(() -> world.arrived() > before);
    } else {
      assertThat(world.arrived()).isEqualTo(before);
    }
  }

  private static RawRequest request(FaultRow row, AnswerFormat format) {
    String target = row.behaviour() == null ? "good" : row.behaviour();
    RawRequest good =
        RawRequest.message("GET", "/Slot?status=free", target)
            .only(RawRequest.REQUEST_ID, REQUEST_ID)
            .with("Accept", format.contentType())
            .with(MARK, mark(row));
    return row.make().of(world, good);
  }

  private static String mark(FaultRow row) {
    return Integer.toString(ROWS.indexOf(row));
  }

  private static void assertGuide(
      FaultRow row, AnswerFormat format, RawRequest request, RawAnswer answer) {
    OutcomeBody body = OutcomeBody.of(answer);
    FaultRow.Guide guide = row.guide();
    assertThat(answer.status()).isEqualTo(guide.status());
    assertFresh(body);
    assertThat(body)
        .isEqualTo(
            new OutcomeBody(
                body.id(),
                GUIDE_PROFILE,
                "error",
                guide.issue(),
                GUIDE_SYSTEM,
                guide.code(),
                Optional.of(guide.status() + " - " + guide.code()),
                guide.error().diagnostics()));
    assertThat(strictly(answer).getIssueFirstRep().getCode().toCode()).isEqualTo(guide.issue());
    assertHead(row, format, request, answer, Dialect.GUIDE);
  }

  private static void assertFresh(OutcomeBody body) {
    assertThat(body.id()).matches(UUID);
    assertThat(ids.add(body.id())).as("an id of its own").isTrue();
  }

  private static OperationOutcome strictly(RawAnswer answer) {
    boolean xml = answer.header("Content-Type").orElseThrow().endsWith("xml");
    IParser parser = xml ? FHIR.newXmlParser() : FHIR.newJsonParser();
    parser.setParserErrorHandler(new StrictErrorHandler());
    return parser.parseResource(OperationOutcome.class, answer.text());
  }

  private static void assertHead(
      FaultRow row, AnswerFormat format, RawRequest request, RawAnswer answer, Dialect dialect) {
    FaultRow.Traits traits = row.traits();
    if (traits.headersRead()) {
      assertThat(answer.header("Content-Type")).contains(format.contentType());
      assertThat(answer.values("X-Request-Id"))
          .isEqualTo(mirrored(request.values(RawRequest.REQUEST_ID), dialect));
      assertThat(answer.values("X-Correlation-Id"))
          .isEqualTo(mirrored(request.values(RawRequest.CORRELATION_ID), dialect));
    }
    assertThat(answer.values("Content-Length"))
        .containsExactly(Integer.toString(answer.body().length()));
    assertThat(answer.header("Retry-After").isPresent()).isEqualTo(traits.retryAfter());
    answer.header("Retry-After").ifPresent(after -> assertThat(after).matches("[1-9][0-9]?"));
    assertThat(answer.header("Allow")).isEqualTo(Optional.ofNullable(traits.allow()));
  }

  /** The contract's rule: what came exactly once and is a UUID; in live, any clean value. */
  private static List<String> mirrored(List<String> sent, Dialect dialect) {
    boolean good =
        sent.size() == 1
            && (dialect == Dialect.GUIDE
                ? UUID.matcher(sent.get(0)).matches()
                : sent.get(0).matches("[ -~]+"));
    return good ? sent : List.of();
  }

  /** An io_uring of Netty's lost one in thirty: those senders waited for ten seconds. */
  @Test
  @Order(3)
  void resetInTheMiddleOfAnErrorIsAlwaysSeen() {
    FaultRow row =
        ROWS.stream()
            .filter(r -> "status=503,body=html,reset=mid-body".equals(r.behaviour()))
            .findFirst()
            .orElseThrow();
    int port = world.port(Dialect.GUIDE, FaultRow.Where.NORMAL);
    for (int i = 0; i < 100; i++) {
      RawAnswer answer = RawSender.exchange(port, request(row, AnswerFormat.JSON));
      assertThat(answer.status()).as("exchange " + i).isEqualTo(503);
    }
  }

  @Test
  @Order(3)
  void headIsAnsweredWithTheHeadAlone() {
    RawRequest request = RawRequest.message("HEAD", "/Slot", "nobody");
    RawAnswer get =
        RawSender.exchange(world.port(Dialect.GUIDE, FaultRow.Where.NORMAL), request.method("GET"));
    try (RawSender sender = RawSender.to(world.port(Dialect.GUIDE, FaultRow.Where.NORMAL))) {
      RawAnswer head = sender.exchange(request);
      RawAnswer next = sender.exchange(request);

      assertThat(head.status()).isEqualTo(404);
      assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
      assertThat(next.status()).as("nothing is left over on the connection").isEqualTo(404);
    }
  }

  @Test
  @Order(3)
  void refusalOfAShortBodyKeepsTheConnection() {
    int port = world.port(Dialect.GUIDE, FaultRow.Where.NORMAL);
    try (RawSender sender = RawSender.to(port)) {
      RawRequest refused =
          RawRequest.message("POST", "/$process-message", "nobody").body("x".repeat(50_000));
      assertThat(sender.exchange(refused).status()).isEqualTo(404);
      assertThat(sender.exchange(RawRequest.message("GET", "/Slot", "good")).status())
          .isEqualTo(200);
    }
  }

  @Test
  @Order(3)
  void connectionEndsAfterARequestThatCouldNotBeRead() {
    int port = world.port(Dialect.GUIDE, FaultRow.Where.NORMAL);
    try (RawSender sender = RawSender.to(port)) {
      RawRequest tooLong =
          RawRequest.bare("GET", RunningRouter.BASE_PATH + "/Slot?" + "x".repeat(9000));
      assertThat(sender.exchange(tooLong).status()).isEqualTo(414);
      assertThat(sender.isClosedByPeer()).isTrue();
    }
  }
}
