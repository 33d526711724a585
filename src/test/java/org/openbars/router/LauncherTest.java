package org.openbars.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class LauncherTest {
  private static final int JAVA_8_CLASS_FILE = 52;

  @Test
  void olderJavaIsToldWhatIsMissing() {
    assertThat(Launcher.problem("1.8", "/opt/java8"))
        .contains("Java 17")
        .contains("1.8")
        .contains("/opt/java8");
    assertThat(Launcher.problem("11", "/opt/java11")).contains("this is Java 11");
  }

  @Test
  void java17AndNewerStart() {
    assertThat(Launcher.problem("17", "/opt/java17")).isEmpty();
    assertThat(Launcher.problem("25", "/opt/java25")).isEmpty();
  }

  @Test
  void java8CanLoadTheLauncher() throws Exception {
    try (InputStream in = Launcher.class.getResourceAsStream("Launcher.class");
        DataInputStream data = new DataInputStream(Objects.requireNonNull(in))) {
      data.readInt();
      data.readUnsignedShort();
      assertThat(data.readUnsignedShort()).isEqualTo(JAVA_8_CLASS_FILE);
    }
  }
}
