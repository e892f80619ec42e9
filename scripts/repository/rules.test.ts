import { expect, test } from "bun:test";
import { type Manifest, manifestFaults } from "./manifest-rules.ts";
import { forbiddenTexts, textFaults } from "./text-rules.ts";

const GOOD: Manifest = {
  name: "@irqtrace/good",
  version: "1.0.0",
  license: "MIT",
  description: "A package that keeps all of the rules",
  keywords: ["bpf"],
  type: "module",
  engines: { bun: ">=1.4.0" },
  files: ["dist"],
  sideEffects: false,
  exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" },
  publishConfig: { access: "public" },
  dependencies: { "@irqtrace/decode": "workspace:*" },
};
const FILES = new Set(["LICENSE", "README.md", "./src/index.ts", "./package.json"]);

function faults(changes: Partial<Manifest> & Readonly<Record<string, unknown>>, files = FILES): readonly string[] {
  return manifestFaults({ ...GOOD, ...changes }, (path) => files.has(path));
}

test("a complete manifest has no fault", () => {
  expect(faults({})).toEqual([]);
});

test("what is missing is named", () => {
  expect(faults({ description: "short" })).toEqual(["@irqtrace/good: has no telling description"]);
  expect(faults({ sideEffects: true })).toHaveLength(1);
  expect(faults({ engines: {} })).toHaveLength(1);
  expect(faults({}, new Set([...FILES].filter((file) => file !== "README.md")))).toEqual([
    "@irqtrace/good: has no README.md",
  ]);
});

test("an export that no source stands behind is a fault", () => {
  const exports = {
    "./package.json": "./package.json",
    "./gone": { types: "./dist/gone.d.ts", default: "./dist/gone.js" },
  };
  expect(faults({ exports })).toHaveLength(2);
});

test("a manifest names no host and restricts no platform", () => {
  expect(faults({ repository: "somewhere" })).toHaveLength(1);
  expect(faults({ cpu: ["x64"] })).toHaveLength(1);
  expect(faults({ name: "@irqtrace/libbpf", cpu: ["x64"] })).toEqual([]);
  expect(faults({ dependencies: { "@irqtrace/libbpf": "workspace:*" } })).toHaveLength(1);
  expect(faults({ optionalDependencies: { "@irqtrace/libbpf": "workspace:*" } })).toEqual([]);
});

test("our own packages are depended on from the workspace, others in exact versions", () => {
  expect(faults({ dependencies: { "@irqtrace/decode": "1.0.0" } })).toHaveLength(1);
  expect(faults({ devDependencies: { commander: "^15.0.0" } })).toHaveLength(1);
  expect(faults({ devDependencies: { commander: "15.0.0" } })).toEqual([]);
});

test("texts that belong to one machine are found with their line", () => {
  const forbidden = forbiddenTexts("/srv/some.where");
  const found = (text: string): readonly string[] => textFaults("a.md", text, forbidden);
  expect(found("fine\nin /srv/some.where/a")).toEqual(["a.md:2: holds the path of this checkout"]);
  expect(found("/srv/some.where-else and /srv/somewhere")).toEqual([]);
  expect(found(`from https://host${"/"}debian and registry${"."}somewhere.org`)).toHaveLength(2);
  expect(found("from https://mirror.example/debian")).toEqual([]);
});
