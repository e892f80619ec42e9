import { describe, expect, test } from "bun:test";
import { BpfError, UnsupportedKernelError, UnsupportedPlatformError, VerifierError } from "@irqtrace/loader";
import { main } from "./main.ts";
import { FakeEnvironment, type FakeSettings } from "./testing/fake-environment.ts";
import { scriptOf } from "./testing/scripts.ts";

const EPERM = 1;
const EACCES = 13;
const EINVAL = 22;
const BOTH = ["CAP_BPF", "CAP_PERFMON"];
const POINTER = "What tracing takes and what of it is missing here is told by:\n";

async function failToOpen(openError: Error, settings: Partial<FakeSettings> = {}, words = ["hardirqs", "1", "3"]) {
  const environment = new FakeEnvironment({ script: scriptOf([]), openError, ...settings });
  const code = await main(words, environment);
  expect(environment.outputText).toBe("");
  expect(environment.errorText).toStartWith("irqtrace: ");
  expect(environment.errorText).not.toMatch(/^\s+at /m);
  expect(environment.listenerCount).toBe(0);
  return { code, errorText: environment.errorText };
}

const refused = (errno: number): BpfError => new BpfError({ operation: "load", what: "hardirqs", errno });

describe("a refused permission ends with 3", () => {
  test("and says which capabilities are missing and what to run instead", async () => {
    expect(await failToOpen(refused(EPERM), { missingCapabilities: BOTH })).toEqual({
      code: 3,
      errorText:
        "irqtrace: not permitted: CAP_BPF and CAP_PERFMON are missing. Run instead:\n  sudo ./irqtrace hardirqs 1 3\n",
    });
  });

  test("for EACCES as for EPERM, and names only what is missing", async () => {
    const { code, errorText } = await failToOpen(refused(EACCES), { missingCapabilities: ["CAP_PERFMON"] });
    expect(code).toBe(3);
    expect(errorText).toContain("not permitted: CAP_PERFMON is missing.");
  });

  test("with the user's words quoted so that a shell reads them back", async () => {
    const words = ["softirqs", "100ms", "--name", "net_*", "-c", "/it's mine", "--json"];
    const program = ["env", "npm_execpath=/home/me/.bun/bin/bun", "/home/me/my tools/irqtrace"];
    const { errorText } = await failToOpen(refused(EPERM), { missingCapabilities: BOTH, program }, words);
    expect(errorText).toEndWith(
      `\n  sudo env npm_execpath=/home/me/.bun/bin/bun '/home/me/my tools/irqtrace' softirqs 100ms --name 'net_*' -c '/it'\\''s mine' --json\n`,
    );
  });

  test("and tells root without capabilities that sudo alone will not help", async () => {
    const { code, errorText } = await failToOpen(refused(EPERM), { missingCapabilities: BOTH, userId: 0 });
    expect(code).toBe(3);
    expect(errorText).toContain("root");
    expect(errorText).toContain("container");
    expect(errorText).toContain("\n  sudo ./irqtrace hardirqs 1 3\n");
    expect(errorText).toEndWith(`${POINTER}  ./irqtrace doctor\n`);
  });

  test("with the kernel's own words where no capability is missing", async () => {
    const { code, errorText } = await failToOpen(refused(EPERM));
    expect(code).toBe(3);
    expect(errorText).toContain("no capability is missing");
    expect(errorText).toContain(refused(EPERM).message);
    expect(errorText).toEndWith(`${POINTER}  sudo ./irqtrace doctor\n`);
  });

  test("also when a file may not be opened", async () => {
    const error = Object.assign(new Error("EACCES: permission denied, open '/sys/fs/cgroup/x'"), { code: "EACCES" });
    expect((await failToOpen(error, { missingCapabilities: BOTH })).code).toBe(3);
  });
});

describe("what this machine cannot ends with 4 and says what is missing:", () => {
  test("a feature of the kernel", async () => {
    const error = new UnsupportedKernelError({
      operation: "load",
      what: "hardirqs",
      errno: EPERM,
      why: "this kernel has no BTF",
      feature: "BTF",
      minimumVersion: null,
    });
    expect(await failToOpen(error, { missingCapabilities: BOTH })).toEqual({
      code: 4,
      errorText: `irqtrace: Cannot load "hardirqs": this kernel has no BTF.\n${POINTER}  sudo ./irqtrace doctor\n`,
    });
  });

  test("a platform", async () => {
    expect(await failToOpen(new UnsupportedPlatformError("This is not Linux."))).toEqual({
      code: 4,
      errorText: "irqtrace: This is not Linux.\n",
    });
  });
});

describe("an unexpected failure ends with 1", () => {
  test("when the kernel refuses for any other reason", async () => {
    expect((await failToOpen(refused(EINVAL), { missingCapabilities: BOTH })).code).toBe(1);
  });

  test("when the verifier refuses, although it says EACCES", async () => {
    const details = { program: "entry", summary: "R1 is not a pointer", log: "0: R1\n1: exit\n", truncated: false };
    const error = new VerifierError({
      operation: "load",
      what: "entry",
      errno: EACCES,
      why: details.summary,
      ...details,
    });
    const { code, errorText } = await failToOpen(error, { missingCapabilities: BOTH });
    expect(code).toBe(1);
    expect(errorText).toContain("R1 is not a pointer");
  });

  test("when something else breaks", async () => {
    expect(await failToOpen(new TypeError("undefined is not a function"))).toEqual({
      code: 1,
      errorText: "irqtrace: undefined is not a function\n",
    });
  });

  test("when it breaks with RangeError, which only a wrong cgroup may turn into wrong usage", async () => {
    expect((await failToOpen(new RangeError("Invalid array length"))).code).toBe(1);
  });
});

test("a cgroup that is not there ends with 2 and names the argument", async () => {
  const error = new RangeError(
    'Cannot filter by cgroup "/web": there is no such cgroup v2. Give a directory below /sys/fs/cgroup.',
  );
  const { code, errorText } = await failToOpen(error, {}, ["hardirqs", "1", "--cgroup", "/web"]);
  expect(code).toBe(2);
  expect(errorText).toBe(`irqtrace: --cgroup: ${error.message}\n`);
});
