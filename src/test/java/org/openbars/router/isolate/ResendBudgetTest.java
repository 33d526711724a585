package org.openbars.router.isolate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ResendBudgetTest {
  @Test
  void neverMoreThanItsPartHoweverOftenAsked() {
    ResendBudget budget = new ResendBudget(0.1);
    int again = 0;
    for (int sent = 1; sent <= 10_000; sent++) {
      budget.exchange();
      again += budget.take() ? 1 : 0;
      assertThat(again * 10).isLessThanOrEqualTo(sent);
    }
    assertThat(again).isEqualTo(1_000);
  }

  @Test
  void savesForTenAndNoMore() {
    ResendBudget budget = new ResendBudget(0.1);
    for (int sent = 0; sent < 10_000; sent++) {
      budget.exchange();
    }
    int again = 0;
    while (budget.take()) {
      again++;
    }
    assertThat(again).isEqualTo(ResendBudget.MOST);
  }

  @Test
  void noneOfNothing() {
    ResendBudget budget = new ResendBudget(0);
    for (int sent = 0; sent < 10_000; sent++) {
      budget.exchange();
    }
    assertThat(budget.take()).isFalse();
  }
}
