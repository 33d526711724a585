package org.openbars.router.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.openbars.router.sandbox.MockReceivers.Options;
import org.openbars.router.sandbox.care.CareReceiver;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.journey.Journey;
import org.openbars.router.sandbox.journey.JourneyFiles;
import org.openbars.router.sandbox.synthetic.CareSetting;
import org.openbars.router.sandbox.synthetic.UseCase;

/**
 * The sandbox's receivers: one server for each {@link CareSetting}, as each is a supplier of its
 * own, and one for those that misbehave. Safe on any thread.
 */
public final class SandboxReceivers {
  /** The first port of {@code config/sandbox/targets.json}. */
  public static final int DEFAULT_FIRST_PORT = 18100;

  private static final int MAX_PORT = 65535;

  private final Map<CareSetting, MockReceivers> byCareSetting;
  private final MockReceivers misbehaving;
  private final Correspondence correspondence;

  private SandboxReceivers(
      Map<CareSetting, MockReceivers> byCareSetting,
      MockReceivers misbehaving,
      Correspondence correspondence) {
    this.byCareSetting = byCareSetting;
    this.misbehaving = misbehaving;
    this.correspondence = correspondence;
  }

  /** As {@link #start(Vertx, int, List)}, for the use cases of the journeys in the jar. */
  public static Future<SandboxReceivers> start(Vertx vertx, int firstPort) {
    return vertx
        .executeBlocking(JourneyFiles::packaged, false)
        .compose(
            journeys -> start(vertx, firstPort, journeys.stream().map(Journey::useCase).toList()));
  }

  /**
   * Starts them all on 127.0.0.1; when one cannot, those that did are stopped again.
   *
   * @param firstPort the misbehaving ones'; the care settings take those that follow; 0 for free
   *     ports
   * @param useCases what the care settings hold
   */
  public static Future<SandboxReceivers> start(Vertx vertx, int firstPort, List<UseCase> useCases) {
    CareSetting[] settings = CareSetting.values();
    if (firstPort < 0 || firstPort > MAX_PORT - settings.length) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "firstPort must be 0 to " + (MAX_PORT - settings.length) + ", is " + firstPort));
    }
    Future<MockReceivers> misbehaving =
        MockReceivers.start(vertx, Options.loopback().withPort(firstPort));
    Correspondence correspondence = new Correspondence();
    Map<CareSetting, Future<MockReceivers>> others = new EnumMap<>(CareSetting.class);
    int port = firstPort;
    for (CareSetting setting : settings) {
      port = firstPort == 0 ? 0 : port + 1;
      Options options = Options.loopback().withPort(port).withService(setting.target());
      others.put(
          setting,
          vertx
              .executeBlocking(
                  () -> new CareReceiver(setting, useCases, correspondence, InstantSource.system()),
                  false)
              .compose(care -> MockReceivers.start(vertx, options.withCare(care))));
    }
    List<Future<MockReceivers>> starts = new ArrayList<>(others.values());
    starts.add(misbehaving);
    return Future.join(starts)
        .map(all -> gathered(others, misbehaving.result(), correspondence))
        .recover(failure -> stopped(starts).transform(done -> Future.failedFuture(failure)));
  }

  private static SandboxReceivers gathered(
      Map<CareSetting, Future<MockReceivers>> others,
      MockReceivers misbehaving,
      Correspondence correspondence) {
    Map<CareSetting, MockReceivers> byCareSetting = new EnumMap<>(CareSetting.class);
    others.forEach((setting, start) -> byCareSetting.put(setting, start.result()));
    return new SandboxReceivers(byCareSetting, misbehaving, correspondence);
  }

  private static Future<Void> stopped(List<Future<MockReceivers>> starts) {
    List<Future<Void>> stops = new ArrayList<>();
    for (Future<MockReceivers> start : starts) {
      if (start.succeeded()) {
        stops.add(start.result().stop());
      }
    }
    return Future.join(stops).mapEmpty();
  }

  /** Where they listen, as a targets file. */
  public SandboxTargets targets() {
    Map<CareSetting, Integer> ports = new EnumMap<>(CareSetting.class);
    byCareSetting.forEach((setting, receivers) -> ports.put(setting, receivers.port()));
    return new SandboxTargets(ports, misbehaving.port());
  }

  /** The receiver of one care setting. */
  public MockReceivers of(CareSetting setting) {
    MockReceivers receivers = byCareSetting.get(setting);
    if (receivers == null) {
      throw new IllegalStateException("no receiver for " + setting);
    }
    return receivers;
  }

  /** What the care settings know of one another's messages. */
  public Correspondence correspondence() {
    return correspondence;
  }

  public MockReceivers misbehaving() {
    return misbehaving;
  }

  public Future<Void> stop() {
    List<Future<Void>> stops = new ArrayList<>();
    stops.add(misbehaving.stop());
    byCareSetting.values().forEach(receivers -> stops.add(receivers.stop()));
    return Future.join(stops).mapEmpty();
  }
}
