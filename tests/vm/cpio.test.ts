import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { runCommand } from "../../scripts/debian/run-command.ts";
import { cpioArchive } from "./cpio.ts";

test("busybox unpacks the archive into the files, modes, links and directories that went in", async () => {
  const directory = mkdtempSync(`${tmpdir()}/irqtrace-cpio-`);
  try {
    const archive = cpioArchive([
      { path: "/bin/tool", kind: "file", content: "#!/bin/sh\n", executable: true },
      { path: "/bin/deep/er/data", kind: "file", content: new Uint8Array([0, 1, 2, 3, 255]) },
      { path: "/bin/empty", kind: "file", content: "" },
      { path: "/bin/again", kind: "link", target: "tool" },
    ]);
    writeFileSync(`${directory}/archive`, Buffer.concat(archive));
    expect(statSync(`${directory}/archive`).size % 512).toBe(0);
    await runCommand(["busybox", "cpio", "-i", "-d", "-F", "archive"], { cwd: directory });
    expect([...readFileSync(`${directory}/bin/deep/er/data`)]).toEqual([0, 1, 2, 3, 255]);
    expect(readFileSync(`${directory}/bin/empty`).length).toBe(0);
    expect(readFileSync(`${directory}/bin/tool`, "utf8")).toBe("#!/bin/sh\n");
    expect(statSync(`${directory}/bin/tool`).mode & 0o777).toBe(0o755);
    expect(statSync(`${directory}/bin/empty`).mode & 0o777).toBe(0o644);
    expect(readlinkSync(`${directory}/bin/again`)).toBe("tool");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
