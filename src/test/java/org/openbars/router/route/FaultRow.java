package org.openbars.router.route;

import org.jspecify.annotations.Nullable;
import org.openbars.router.fixture.RawRequest;
import org.openbars.router.message.BarsError;
import org.openbars.router.message.LiveRow;

/**
 * One way to meet a fault, and what the contract's table of errors says of it.
 *
 * @param behaviour of the receiver; null for an ordinary one
 * @param guide null when dialect {@code guide} knows no such fault
 * @param live null when dialect {@code live} knows no such fault
 */
record FaultRow(
    String name,
    Where where,
    @Nullable String behaviour,
    Make make,
    @Nullable Guide guide,
    @Nullable Live live,
    Traits traits) {

  /** Which router meets it. */
  enum Where {
    NORMAL,
    OVERLOADED,
    DRAINING,
    WITHOUT_DIRECTORY,
    AUDIT_FULL,
    REFUSING,
    FAILING,
    /** Access tokens are checked. */
    TOKEN,
    /** The same, and the keys cannot be had. */
    KEYLESS,
    /** Senders come through the API gateway. */
    GATEWAY,
    /** The API gateway is elsewhere. */
    STRANGER
  }

  /** Turns a good message into one that meets the fault. */
  @FunctionalInterface
  interface Make {
    RawRequest of(FaultWorld world, RawRequest good);
  }

  /** The answer in dialect {@code guide}, written out so that a slip in {@code BarsError} shows. */
  record Guide(BarsError error, int status, String code, String issue) {}

  /**
   * The answer in dialect {@code live}.
   *
   * @param row null for the guide's words in the live form
   */
  record Live(BarsError error, @Nullable LiveRow row) {}

  /**
   * What else holds of the fault.
   *
   * @param arrives whether something of the message reaches a receiver
   * @param headersRead false when the fault stands before the headers, so that ids and {@code
   *     Accept} cannot be known
   * @param http2 whether the fault can be met over HTTP/2
   * @param allow the value of {@code Allow}; null for none
   */
  record Traits(
      boolean arrives,
      boolean headersRead,
      boolean http2,
      boolean retryAfter,
      @Nullable String allow) {}

  static FaultRow of(String name, Make make) {
    return new FaultRow(
        name, Where.NORMAL, null, make, null, null, new Traits(false, true, true, false, null));
  }

  /** A booking to a receiver that behaves so. */
  static FaultRow receiver(String name, String behaviour) {
    return new FaultRow(
        name,
        Where.NORMAL,
        behaviour,
        (world, good) ->
            good.method("POST").at("/$process-message").body("{\"resourceType\":\"Bundle\"}"),
        null,
        null,
        new Traits(true, true, true, false, null));
  }

  FaultRow at(Where place) {
    return new FaultRow(name, place, behaviour, make, guide, live, traits);
  }

  FaultRow guide(BarsError error, int status, String code, String issue) {
    return new FaultRow(
        name, where, behaviour, make, new Guide(error, status, code, issue), live, traits);
  }

  /** The live proxy has a body of its own for the same fault. */
  FaultRow live(LiveRow row) {
    if (guide == null) {
      throw new IllegalStateException(name + ": say which fault it is in live");
    }
    return live(guide.error(), row);
  }

  FaultRow live(BarsError error, LiveRow row) {
    return new FaultRow(name, where, behaviour, make, guide, new Live(error, row), traits);
  }

  /** The live proxy has no such fault: the guide's words stand in its form. */
  FaultRow liveInGuidesWords() {
    if (guide == null) {
      throw new IllegalStateException(name + ": has no words in the guide");
    }
    return new FaultRow(name, where, behaviour, make, guide, new Live(guide.error(), null), traits);
  }

  FaultRow retryAfter() {
    return with(new Traits(traits.arrives, traits.headersRead, traits.http2, true, traits.allow));
  }

  FaultRow allow(String methods) {
    return with(
        new Traits(traits.arrives, traits.headersRead, traits.http2, traits.retryAfter, methods));
  }

  FaultRow neverArrives() {
    return with(
        new Traits(false, traits.headersRead, traits.http2, traits.retryAfter, traits.allow));
  }

  FaultRow arrives() {
    return with(
        new Traits(true, traits.headersRead, traits.http2, traits.retryAfter, traits.allow));
  }

  FaultRow headersUnread() {
    return with(new Traits(traits.arrives, false, false, traits.retryAfter, traits.allow));
  }

  FaultRow http1Only() {
    return with(
        new Traits(traits.arrives, traits.headersRead, false, traits.retryAfter, traits.allow));
  }

  private FaultRow with(Traits others) {
    return new FaultRow(name, where, behaviour, make, guide, live, others);
  }

  @Override
  public String toString() {
    return name;
  }
}
