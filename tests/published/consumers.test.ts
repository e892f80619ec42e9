import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stageRelease } from "../../scripts/release/stage-release.ts";
import { whyNoBpf } from "../../scripts/test-runner/machine.ts";
import { CleanConsumer } from "./clean-consumer.ts";
import { whyNoCleanPlace } from "./clean-place.ts";

const LIMIT_MS = 120_000;
const repository = dirname(dirname(import.meta.dir));
const lacks = whyNoCleanPlace() ?? whyNoBpf();
const unless = lacks === null ? "" : ` (${lacks})`;

/** Each runs to the end, and says so; what is imported is what somebody would use of the package. */
const PROGRAMS = readdirSync(join(import.meta.dir, "consumers"))
  .map((name) => name.replace(/\.ts$/, ""))
  .filter((name) => name !== "captures" && name !== "foreign-platform");

let consumer: CleanConsumer;

beforeAll(async () => {
  if (lacks === null) consumer = await CleanConsumer.start(await stageRelease(repository));
}, LIMIT_MS);
afterAll(() => consumer?.[Symbol.asyncDispose](), LIMIT_MS);

const NODE_NEXT = { module: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };
/** The compiler that this repository uses in both ways that it resolves published packages, and an older one. */
const TYPE_CHECKS = [
  { name: "TypeScript 7, NodeNext", compiler: "typescript", options: NODE_NEXT },
  { name: "TypeScript 7, bundler", compiler: "typescript", options: BUNDLER },
  { name: "TypeScript 5, NodeNext", compiler: "typescript-5", options: NODE_NEXT },
];

test.skipIf(lacks !== null).each(TYPE_CHECKS)(
  `no fault in the declarations of any entry, nor in programs that use them: $name${unless}`,
  async ({ compiler, options }) => {
    const everything = consumer
      .entries()
      .map(({ specifier }, index) => [
        `import * as entry${index} from ${JSON.stringify(specifier)};`,
        `export const keys${index}: string[] = Object.keys(entry${index});`,
      ]);
    writeFileSync(join(consumer.folder, "everything.ts"), everything.flat().join("\n"));
    const compilerOptions = {
      ...{ target: "esnext", lib: ["esnext"], types: ["bun"], strict: true, noEmit: true, skipLibCheck: false },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, ...options },
    };
    writeFileSync(join(consumer.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const read = await consumer.run(["bun", `node_modules/${compiler}/bin/tsc`, "-p", ".", "--listFiles"]);
    for (const { file } of consumer.entries()) expect(read).toContain(file.replace(/\.js$/, ".d.ts"));
  },
  LIMIT_MS,
);

test.skipIf(lacks !== null).each(PROGRAMS)(
  `a program that uses %s runs${unless}`,
  async (program) => {
    expect(await consumer.runAsRoot(["bun", `${program}.ts`])).toStartWith(`${program}: well`);
  },
  LIMIT_MS,
);

describe("where there is no BPF", () => {
  const refused = { libbpf: "refused", openObject: "refused", traceHardirqs: "refused", traceSoftirqs: "refused" };
  const runs = [
    { name: "macOS", command: ["bun"], platform: "darwin" },
    { name: "Windows", command: ["bun"], platform: "win32" },
    { name: "Node", command: ["node"], platform: "linux" },
  ];

  test.skipIf(lacks !== null).each(runs)(
    `every entry can be imported, and calls are refused: $name${unless}`,
    async ({ command, platform }) => {
      const entries = consumer.entries().map(({ specifier }) => specifier);
      // Node runs no TypeScript.
      await consumer.run(["bun", "build", "foreign-platform.ts", "--packages=external", "--target=node", "--outdir=."]);
      const output = await consumer.run([...command, "foreign-platform.js", platform, entries.join(",")]);
      expect(JSON.parse(output)).toEqual({ imported: entries.length, outcomes: refused });
      expect(entries.length).toBeGreaterThan(8);
    },
    LIMIT_MS,
  );

  test.skipIf(lacks !== null)(
    `npm installs the packages for decoding${unless}`,
    async () => {
      const folder = consumer.place.makeFolder("mac", { "package.json": JSON.stringify({ private: true }) });
      const install = ["npm", "install", "--os=darwin", "--cpu=arm64", "@irqtrace/hardirqs", "@irqtrace/softirqs"];
      await consumer.place.runWell(install, { cwd: folder, user: "tracer" });
      expect(readdirSync(join(folder, "node_modules/@irqtrace")).sort()).toEqual([
        ...["bpf-objects", "decode", "hardirqs", "loader", "softirqs", "tracer"],
      ]);
    },
    LIMIT_MS,
  );
});
