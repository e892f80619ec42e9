import type { PortableRun } from "./portable-run.ts";

/** Runs the program in Node, and gives what it returns there. */
export async function runInNode({ repository, entries, program, captures }: PortableRun): Promise<string> {
  const load = `(entry) => import(${JSON.stringify(repository)} + "/" + (${JSON.stringify(entries)})[entry])`;
  const words = [load, JSON.stringify(Object.keys(entries)), JSON.stringify(captures)].join(", ");
  const script = `${program}\nprocess.stdout.write(await portableProgram(${words}));\n`;
  const node = Bun.spawn(["node", "--input-type=module", "-"], {
    stdin: Buffer.from(script),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([node.stdout.text(), node.stderr.text()]);
  if ((await node.exited) !== 0) throw new Error(`Node fails:\n${errors}`);
  return output;
}
