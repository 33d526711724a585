package org.openbars.router;

/** Placeholder. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
