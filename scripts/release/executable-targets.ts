/** A kind of machine that a single-file executable is built for. */
export interface ExecutableTarget {
  /** Of the file: `irqtrace-VERSION-NAME`. */
  readonly name: string;
  /** The npm package that holds Bun for it. */
  readonly bunPackage: string;
  /** Of that package in the version that toolchain/ pins. The registry's own word would be no check of it. */
  readonly bunIntegrity: string;
  /** As `bun build --target` names it. */
  readonly bunTarget: string;
  /** Below packages/libbpf/prebuilt. */
  readonly libbpf: string;
}

export const EXECUTABLE_TARGETS: readonly ExecutableTarget[] = [
  {
    name: "linux-x64",
    bunPackage: "@oven/bun-linux-x64",
    bunIntegrity: "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    bunTarget: "bun-linux-x64",
    libbpf: "linux-x64-glibc",
  },
  {
    name: "linux-x64-baseline",
    bunPackage: "@oven/bun-linux-x64-baseline",
    bunIntegrity: "sha512-s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==",
    bunTarget: "bun-linux-x64-baseline",
    libbpf: "linux-x64-glibc",
  },
  {
    name: "linux-x64-musl",
    bunPackage: "@oven/bun-linux-x64-musl",
    bunIntegrity: "sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==",
    bunTarget: "bun-linux-x64-musl",
    libbpf: "linux-x64-musl",
  },
  {
    name: "linux-arm64",
    bunPackage: "@oven/bun-linux-aarch64",
    bunIntegrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    bunTarget: "bun-linux-arm64",
    libbpf: "linux-arm64-glibc",
  },
  {
    name: "linux-arm64-musl",
    bunPackage: "@oven/bun-linux-aarch64-musl",
    bunIntegrity: "sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==",
    bunTarget: "bun-linux-arm64-musl",
    libbpf: "linux-arm64-musl",
  },
];

/** Throws a RangeError for a name that no target has. */
export function executableTarget(name: string): ExecutableTarget {
  const target = EXECUTABLE_TARGETS.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  const known = EXECUTABLE_TARGETS.map((candidate) => candidate.name).join(", ");
  throw new RangeError(`There is no executable for "${name}". There are: ${known}.`);
}
