package org.openbars.router.stream;

/**
 * What the passages of one event loop share.
 *
 * @param maxBody bytes of a request's body at the most
 * @param heldBytes what the node may hold back
 */
public record Loop(
    StreamConfig config, long maxBody, ReceiverClients clients, Watch watch, HeldBytes heldBytes) {}
