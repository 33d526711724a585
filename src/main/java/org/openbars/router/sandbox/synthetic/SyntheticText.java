package org.openbars.router.sandbox.synthetic;

import java.util.List;

/** Clinical prose of the shape that triage systems write; nobody's story. */
final class SyntheticText {
  private SyntheticText() {}

  static final List<String[]> FINDINGS =
      List.of(
          new String[] {"271594007", "Syncope"},
          new String[] {"80313002", "Palpitations"},
          new String[] {"267036007", "Dyspnoea"},
          new String[] {"404640003", "Dizziness"},
          new String[] {"422587007", "Nausea"},
          new String[] {"25064002", "Headache"},
          new String[] {"84229001", "Fatigue"},
          new String[] {"386661006", "Fever"},
          new String[] {"49727002", "Cough"},
          new String[] {"21522001", "Abdominal pain"},
          new String[] {"22253000", "Pain"});

  static final List<String[]> QUESTIONS =
      List.of(
          new String[] {"Is the person breathing?", "Yes"},
          new String[] {"Is the person awake and talking?", "Yes"},
          new String[] {"Is there heavy bleeding?", "No"},
          new String[] {"Has there been crushing chest pain in the last 24 hours?", "No"},
          new String[] {"Has one side of the face or body become weak?", "No"},
          new String[] {"Is the breathlessness new, or worse than usual?", "Worse than usual"},
          new String[] {"Is there an implanted defibrillator?", "No"},
          new String[] {"Is anyone with the person?", "A sibling, who can stay"},
          new String[] {"Is it safe for a crew to enter?", "Yes, ring the lower bell"},
          new String[] {"Is there a dog in the house?", "One, shut in the kitchen"});

  static final String TRIAGE =
      "SYNTHETIC CONSULTATION SUMMARY. This is made up for testing; no such call took place.\n"
          + "SKILL SET: 999 call handler. PARTY: third party, with the person. AGE GROUP: adult.\n"
          + "REASON: palpitations since the morning, breathless on the stairs, light-headed once.\n"
          + "ASSESSMENT: Cardiac arrest not identified. The person was conscious and could speak in"
          + " whole sentences. No blood loss. The main reason was not an allergic reaction, a likely"
          + " heart attack, a probable stroke, a recent fit or an attempt to self-harm. The skin felt"
          + " normal to touch. No implanted defibrillator. Over 35 years of age. No crushing pain in"
          + " chest, upper back or abdomen in the last 24 hours, none spreading to arm, neck or jaw."
          + " No weakness of face, arm or leg in the last week; no trouble with speech. No exposure"
          + " to extreme heat or cold. Breathlessness worse than usual since the start, and worse in"
          + " the last hour. No known safeguarding concern. The scene is safe.\n"
          + "DISPOSITION: Emergency ambulance response, category 3, for clinical validation.\n"
          + "ADVICE GIVEN: Sit upright. Use prescribed inhalers as directed. Ask someone to meet the"
          + " vehicle. Shut any dogs away. Keep the line free. If anything gets worse, changes, or"
          + " worries you, call 999 again. Caffeine, alcohol, smoking and decongestants can make"
          + " palpitations worse.\n"
          + "NOTES: The caller will leave the front door on the latch. Parking behind the building."
          + " Medicines are on the kitchen table. The person takes a tablet for blood pressure in the"
          + " morning and took it today. Last meal at noon. No recent travel. No recent operation."
          + " Slept badly for two nights. Has had one similar spell two years ago, which passed by"
          + " itself; was told then to ring again if it came back with breathlessness.";

  static final String VALIDATION =
      "SYNTHETIC VALIDATION SUMMARY. This is made up for testing; no such call took place.\n"
          + "CLINICIAN: called back after nine minutes and spoke to the person directly.\n"
          + "FINDINGS: pulse by own count 96 and regular; speaks in whole sentences; no chest pain at"
          + " rest or on walking through the flat; breathlessness settled after resting; no swelling"
          + " of calf or ankle; temperature not raised.\n"
          + "OUTCOME: ambulance not needed. To be seen face to face within two hours at an urgent"
          + " treatment centre; a sibling will drive. Told to call 999 at once if pain, fainting or"
          + " worse breathlessness come on.";
}
