package org.openbars.router.audit;

/** Whether a sink outside the audit's own database gets patients' NHS numbers. */
public enum NhsNumbers {
  /** No NHS number leaves; a record says only that there was one. */
  OMIT,
  /** In the member {@code nhsNumber}, and in no other. */
  INCLUDE
}
