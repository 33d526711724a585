package org.openbars.router.route;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What this build is, written into the jar when it was made. */
public record BuildInfo(String version, String commitId) {
  private static final String RESOURCE = "/bars-router.properties";

  /** Reads the jar's own record; {@code unknown} where it says nothing. Blocking: at start only. */
  public static BuildInfo read() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      return new BuildInfo("unknown", "unknown");
    }
    return new BuildInfo(value(properties, "version"), value(properties, "commit"));
  }

  private static String value(Properties properties, String key) {
    String value = properties.getProperty(key, "");
    return value.isEmpty() || value.startsWith("${") ? "unknown" : value;
  }
}
