package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the router is built from has no hole that is known. */
class LibrariesTest {
  @Test
  void theseAreGood() {
    assertThat(Version.identify()).containsKeys("netty-codec-http2", "netty-handler");
    assertThatCode(Libraries::check).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.2.17.Final", "4.1.200.Final", "3.9.18.Final", "4.2.0.RC1", "odd"})
  void olderNettyIsRefused(String version) {
    assertThatThrownBy(
            () ->
                Libraries.check(
                    Map.of("netty-common", "4.2.18.Final", "netty-codec-http", version)))
        .hasMessageContaining("netty-codec-http " + version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.2.18.Final", "4.2.100.Final", "4.3.0.Final", "5.0.0.Final"})
  void thisOrNewerPasses(String version) {
    assertThatCode(() -> Libraries.check(Map.of("netty-common", version)))
        .doesNotThrowAnyException();
  }

  @Test
  void noClassPathThatIsSilentPasses() {
    assertThatThrownBy(() -> Libraries.check(Map.of())).isInstanceOf(IllegalStateException.class);
  }

  /** The trigger of Vert.x CVE-2026-6860, fixed in a version that we cannot take. */
  @Test
  void nobodySwitchesServerNameIndicationOn() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain(".setSni("));
    }
  }
}
