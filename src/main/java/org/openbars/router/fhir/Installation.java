package org.openbars.router.fhir;

/**
 * What the CapabilityStatement says of this one router.
 *
 * @param url where senders reach it, base path included, without a slash at the end
 * @param softwareVersion the router's own version
 */
public record Installation(String url, String softwareVersion) {
  public Installation {
    if (url.isEmpty() || url.endsWith("/")) {
      throw new IllegalArgumentException("url must not be empty or end with a slash");
    }
    if (softwareVersion.isEmpty()) {
      throw new IllegalArgumentException("softwareVersion must not be empty");
    }
  }
}
