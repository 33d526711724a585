package org.openbars.router.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
  @Test
  void pathAndQueryAreTakenApart() {
    RequestTarget target = RequestTarget.parse("/a/b%20c?d=%20&e?f");

    assertThat(target).isEqualTo(new RequestTarget("/a/b%20c", "/a/b c", "d=%20&e?f"));
  }

  @Test
  void missingQueryIsNotAnEmptyOne() {
    assertThat(RequestTarget.parse("/a").rawQuery()).isNull();
    assertThat(RequestTarget.parse("/a?").rawQuery()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/base/a, /a, /a",
    "/base/%61, /a, /%61",
    "/%62ase/%61, /a, /%61",
    "/b%61s%65/a/b, /a/b, /a/b",
    "/base/, /, /",
    "/base/a%C3%A9, /a\u00e9, /a%C3%A9",
  })
  void bothRestsBelowABasePathAreOfTheSameLength(String uri, String decoded, String raw) {
    RequestTarget target = RequestTarget.parse(uri);

    assertThat(target.below("/base")).isEqualTo(decoded);
    assertThat(target.rawBelow("/base")).isEqualTo(raw);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/base", "/basex/a", "/bas", "/Base/a", "/a/base/b", "/%42ase/a"})
  void whatIsNotBelowTheBasePathIsSoInBothForms(String uri) {
    RequestTarget target = RequestTarget.parse(uri);

    assertThat(target.below("/base")).isNull();
    assertThat(target.rawBelow("/base")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://a/b?c, /b, c",
    "HTTPS://a.b-c:443/d?e, /d, e",
    "http://[::1]:80/b?c, /b, c",
    "http://a//b?c, //b, c",
  })
  void absoluteFormLosesItsAuthority(String uri, String path, String query) {
    assertThat(RequestTarget.parse(uri)).isEqualTo(new RequestTarget(path, path, query));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "*",
        "http:/a",
        "http://",
        "http://a",
        "http:///a",
        "http://?/a",
        "http://a?/b",
        "http://a#/b",
        "http://u@a/b",
        "http://a\\/b",
        "http://a%2f/b",
        "ftp://a/b",
        "httpx://a/b",
        "http://a b/c",
        "ws://a/b",
        "javascript:/a"
      })
  void otherFormsAreNone(String uri) {
    assertThat(RequestTarget.parse(uri)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%2Fb",
        "/a%2fb",
        "/a\\b",
        "/a%5Cb",
        "/a%5cb",
        "/%00",
        "/%01",
        "/%1f",
        "/%7f",
        "/%0a",
        "/%0D%0A",
        "/.",
        "/..",
        "/./a",
        "/../a",
        "/a/.",
        "/a/..",
        "/a/./b",
        "/a/../b",
        "/%2e",
        "/%2E%2e",
        "/.%2e/a",
        "/%2e./a",
        "/.;a",
        "/..;",
        "/..;/a",
        "/a/..;b=c/d",
        "/%252e",
        "/%252F",
        "/%255c",
        "/%2500",
        "/%25%32%65",
        "/%25252e",
        "/%",
        "/%4",
        "/%zz",
        "/%4z",
        "/%z4",
        "/a%",
        "/%u002f",
        "/a#",
        "/a?b#c",
        "/\u00e9",
        "/a?\u00e9",
        "/\u2215",
        "/a b",
        "/a\tb",
        "/a\nb",
        "/a\rb",
        "/a?b c",
        "/a?\u007f",
        "/a\u0000",
        "/a?\u0000"
      })
  void whatCouldBeReadAsAnotherPathIsNone(String uri) {
    assertThat(RequestTarget.parse(uri)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/...",
        "/a..",
        "/..a",
        "/.a",
        "/a.b",
        "/a/...b",
        "/;",
        "/a;..",
        "/a;b=/c",
        "/%41",
        "/~!$&'()*+,=:@",
        "/a|b^`{}\"<>",
        "/%25",
        "/%25zz",
        "/%2541",
        "/%E9",
        "/%ff%fe"
      })
  void oddPathsThatMeanOnlyThemselvesPass(String uri) {
    RequestTarget target = RequestTarget.parse(uri);

    assertThat(target).isNotNull();
    assertThat(target.rawPath()).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/../b", "%2e%2e%2f", "\\", "%00", "%", "%zz", "a|b", "?", "a=b+c", "//", "[]{}"})
  void queryMayHoldAnyPrintableAscii(String query) {
    assertThat(RequestTarget.parse("/a?" + query)).isEqualTo(new RequestTarget("/a", "/a", query));
  }
}
