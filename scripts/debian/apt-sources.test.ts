import { expect, test } from "bun:test";
import { debianMirror, parseDeb822Sources, parseOneLineSources } from "./apt-sources.ts";

test("a deb822 file gives each address of each enabled binary source, with a key that spans lines", () => {
  const sources = parseDeb822Sources(
    [
      "Types: deb deb-src",
      "# URIs: http://old.example/debian",
      "URIs: http://one.example/debian http://two.example/debian",
      "Suites: bookworm bookworm-updates",
      "Components: main contrib",
      "Signed-By:",
      " -----BEGIN KEY-----",
      " .",
      " abc",
      "",
      "Enabled: no",
      "Types: deb",
      "URIs: http://off.example/debian",
      "Suites: bookworm",
      "",
      "Types: deb-src",
      "URIs: http://source.example/debian",
      "Suites: bookworm",
    ].join("\n"),
  );
  const signedBy = "\n -----BEGIN KEY-----\n .\n abc";
  const common = { suites: ["bookworm", "bookworm-updates"], components: ["main", "contrib"], signedBy };
  expect(sources).toEqual([
    { uri: "http://one.example/debian", ...common },
    { uri: "http://two.example/debian", ...common },
  ]);
});

test("a one-line file gives its deb lines, with and without options, and no disc", () => {
  const sources = parseOneLineSources(
    [
      "# deb http://commented.example/debian bookworm main",
      "deb cdrom:[Debian]/ bookworm main",
      "deb-src http://source.example/debian bookworm main",
      "deb http://plain.example/debian bookworm main contrib # why",
      "deb [arch=amd64 signed-by=/keys/a.gpg] http://signed.example/debian trixie main",
    ].join("\n"),
  );
  expect(sources).toEqual([
    { uri: "http://plain.example/debian", suites: ["bookworm"], components: ["main", "contrib"], signedBy: undefined },
    { uri: "http://signed.example/debian", suites: ["trixie"], components: ["main"], signedBy: "/keys/a.gpg" },
  ]);
});

test("the mirror is Debian's archive, not a third party that names its suite alike", () => {
  const thirdParty = {
    uri: "http://apt.vendor.example",
    suites: ["bookworm"],
    components: ["main"],
    signedBy: undefined,
  };
  const security = { ...thirdParty, uri: "http://mirror.example/debian-security", suites: ["bookworm-security"] };
  const archive = { ...thirdParty, uri: "http://mirror.example/debian/" };
  expect(debianMirror([thirdParty, security, archive])).toBe(archive);
  expect(debianMirror([thirdParty])).toBe(thirdParty);
  expect(debianMirror([security])).toBeUndefined();
});
