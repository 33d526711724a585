package org.openbars.router.listen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void everyConnectionAndExchangeNeedsOneAndTheProgramItsOwn() {
    assertThat(new OpenFiles(20_000, 10_000, 7_000).needed()).isEqualTo(17_000 + OpenFiles.OWN);
  }

  @Test
  void exactlyWhatIsNeededIsEnough() {
    long needed = new OpenFiles(0, 100, 50).needed();

    assertThat(new OpenFiles(needed, 100, 50).enough()).isTrue();
    assertThat(new OpenFiles(needed - 1, 100, 50).enough()).isFalse();
  }

  @Test
  void belowTheLeastNoNodeStarts() {
    assertThat(new OpenFiles(OpenFiles.LEAST, 10_000, 7_000).bearable()).isTrue();
    assertThat(new OpenFiles(OpenFiles.LEAST - 1, 1, 1).bearable()).isFalse();
  }

  @Test
  void adviceNamesTheKeysAndWhatIsNeeded() {
    assertThat(new OpenFiles(1024, 10_000, 7_000).advice())
        .isEqualTo(
            "ulimit -n is 1024; listen.max-connections 10000 and admit.max-in-flight 7000 may need"
                + " 17500: raise the one or lower the others");
  }

  @Test
  void thisMachineTells() {
    assertThat(OpenFiles.allowedHere().orElse(0)).isPositive();
  }
}
