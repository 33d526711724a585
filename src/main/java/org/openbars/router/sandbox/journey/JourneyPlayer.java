package org.openbars.router.sandbox.journey;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;
import org.openbars.router.sandbox.care.Correspondence;
import org.openbars.router.sandbox.journey.MockSender.Answer;
import org.openbars.router.sandbox.journey.Moves.OutOfPlace;

/** Plays journeys one after the other, both ends' messages through the router. Blocking. */
public final class JourneyPlayer {
  private final MockSender sender;
  private final Correspondence correspondence;
  private final InstantSource clock;

  /**
   * @param correspondence of the receivers, so that responses name what they know of
   */
  public JourneyPlayer(MockSender sender, Correspondence correspondence, InstantSource clock) {
    this.sender = sender;
    this.correspondence = correspondence;
    this.clock = clock;
  }

  /**
   * One journey that was played.
   *
   * @param correlationId of all its exchanges
   */
  public record Result(Journey journey, String correlationId, List<Played> exchanges) {
    public Result {
      exchanges = List.copyOf(exchanges);
    }

    /** Exchanges that went otherwise than the standard says. */
    public long faults() {
      return exchanges.stream().filter(each -> each.fault().isPresent()).count();
    }
  }

  /**
   * Plays to the end, or to the first fault: what follows would be about nothing.
   *
   * @param seed gives the patient
   * @param watch sees every exchange when it is over
   */
  public Result play(Journey journey, long seed, Consumer<Played> watch) {
    Moves moves = new Moves(journey, seed, clock, correspondence);
    Verdicts verdicts = new Verdicts(journey.format(), moves);
    List<Played> exchanges = new ArrayList<>();
    for (Act act : journey.acts()) {
      Played played = play(act, moves, verdicts);
      exchanges.add(played);
      watch.accept(played);
      if (played.fault().isPresent()) {
        break;
      }
    }
    return new Result(journey, moves.correlationId(), exchanges);
  }

  private Played play(Act act, Moves moves, Verdicts verdicts) {
    Sent sent;
    try {
      sent = moves.next(act);
      Optional<Answer> answer = sender.send(sent);
      if (answer.isEmpty()) {
        return new Played(sent, 0, "", 0, Optional.of("no answer came"));
      }
      @Nullable Resource resource = verdicts.parse(answer.get());
      Optional<String> fault = verdicts.fault(act, sent, answer.get(), resource);
      if (fault.isEmpty() && resource != null) {
        moves.learn(act, resource);
      }
      return new Played(
          sent, answer.get().status(), answer.get().body(), answer.get().millis(), fault);
    } catch (OutOfPlace e) {
      return new Played(
          moves.unsent(act), 0, "", 0, Optional.of(act.word() + " " + e.getMessage()));
    }
  }
}
