package org.openbars.router;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Which package may use which, and how classes are named. */
class LayoutTest {
  private static final String ROOT = "org.openbars.router";

  /** A package imports only from lower ranks; two of one rank never import each other. */
  private static final Map<String, Integer> RANKS =
      Map.ofEntries(
          Map.entry("message", 0),
          Map.entry("wire", 1),
          Map.entry("fhir", 1),
          Map.entry("meter", 1),
          Map.entry("isolate", 1),
          Map.entry("ledger", 1),
          Map.entry("journal", 2),
          Map.entry("listen", 3),
          Map.entry("admit", 3),
          Map.entry("identify", 3),
          Map.entry("directory", 3),
          Map.entry("stream", 3),
          Map.entry("inspect", 3),
          Map.entry("audit", 3),
          Map.entry("outcome", 3),
          Map.entry("route", 4),
          Map.entry("admin", 4),
          Map.entry("catalogue", 4),
          Map.entry("sandbox.synthetic", 4),
          Map.entry("sandbox.care", 5),
          Map.entry("sandbox.journey", 6),
          Map.entry("sandbox", 7),
          Map.entry("config", 8),
          Map.entry("", 9));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static String packageOf(JavaClass javaClass) {
    String name = javaClass.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1);
  }

  private static boolean isOurs(JavaClass javaClass) {
    String name = javaClass.getPackageName();
    return name.equals(ROOT) || name.startsWith(ROOT + ".");
  }

  @Test
  void everyPackageHasARank() {
    Set<String> found =
        CLASSES.stream().map(LayoutTest::packageOf).collect(Collectors.toCollection(TreeSet::new));

    assertThat(found).isSubsetOf(RANKS.keySet()).contains("message", "route", "");
  }

  @Test
  void packagesImportFromLowerRanksOnly() {
    classes()
        .should(
            new ArchCondition<JavaClass>("use only packages of lower ranks") {
              @Override
              public void check(JavaClass origin, ConditionEvents events) {
                for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                  JavaClass target = dependency.getTargetClass().getBaseComponentType();
                  if (isOurs(target) && !packageOf(target).equals(packageOf(origin))) {
                    boolean lower = RANKS.get(packageOf(target)) < RANKS.get(packageOf(origin));
                    events.add(
                        new SimpleConditionEvent(dependency, lower, dependency.getDescription()));
                  }
                }
              }
            })
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void messageNeedsNothingButTheJdk() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".message")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".message")
        .check(CLASSES);
  }

  /** What reads values must work without a connection. */
  @Test
  void onlyWhatHandlesConnectionsUsesHttpOfVertx() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            ROOT,
            ROOT + ".wire",
            ROOT + ".listen",
            ROOT + ".stream",
            ROOT + ".audit",
            ROOT + ".route",
            ROOT + ".admin",
            ROOT + ".sandbox",
            ROOT + ".sandbox.journey")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.core.http..")
        .check(CLASSES);
  }

  /** What the words of FHIR are is known in few places; the path of an exchange is none. */
  @Test
  void hapiStaysOutOfTheExchangesPath() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".fhir", ROOT + ".sandbox..", ROOT + ".admin")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ca.uhn.fhir..", "org.hl7.fhir..")
        .check(CLASSES);
  }

  @Test
  void classesAreFinal() {
    classes()
        .that(
            new DescribedPredicate<JavaClass>("are neither abstract nor enums nor anonymous") {
              @Override
              public boolean test(JavaClass javaClass) {
                return !javaClass.getModifiers().contains(JavaModifier.ABSTRACT)
                    && !javaClass.isEnum()
                    && !isEnumConstant(javaClass)
                    && !javaClass.isInterface()
                    && !javaClass.isAnonymousClass()
                    && !javaClass.getSimpleName().equals("package-info");
              }
            })
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
  }

  private static boolean isEnumConstant(JavaClass javaClass) {
    return javaClass.getRawSuperclass().map(JavaClass::isEnum).orElse(false);
  }

  @Test
  void namesSayWhatAThingIs() {
    Stream.of("Impl", "Util", "Utils", "Helper", "Manager", "Base", "Common")
        .forEach(ending -> noClasses().should().haveSimpleNameEndingWith(ending).check(CLASSES));
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    CLASSES.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(each -> !each.isAnnotatedWith(NullMarked.class))
        .forEach(each -> unmarked.add(each.getName()));

    assertThat(unmarked).isEmpty();
  }

  /** One that refused nothing would pass every other test here. */
  @Test
  void rulesSeeTheClasses() {
    Optional<JavaClass> router =
        CLASSES.stream().filter(each -> each.getSimpleName().equals("Router")).findFirst();

    assertThat(router).isPresent();
    assertThat(
            router.get().getDirectDependenciesFromSelf().stream()
                .map(dependency -> dependency.getTargetClass().getSimpleName()))
        .containsAll(Arrays.asList("Identifier", "RequestHeads"));
  }
}
