import { checkAddress, checkNumber } from "./check.ts";
import type { BpfError, BpfErrorDetails } from "./errors.ts";
import { explainAttachFailure } from "./explain-attach-failure.ts";
import { type Address, cString, stringAt, toAddress } from "./ffi.ts";
import type { AttachOptions } from "./loaded-object.ts";
import { type CallOutcome, nativeCalls, startOf } from "./native-calls.ts";
import type { NativeObject } from "./native-object.ts";
import { disposeAll } from "./owner.ts";

/** Sections of programs that are attached to a tracepoint by its name alone. */
const RAW_TRACEPOINT = /^\??raw_(tp|tracepoint)(\.w)?(\/|$)/;

/** Attaches programs in order; if one fails, those before it are detached and the failure is thrown. */
export function attachPrograms(
  native: NativeObject,
  programs: ReadonlyMap<string, Address>,
  options: AttachOptions,
): Disposable {
  const names = attachOrder(native, programs, options);
  const links: Link[] = [];
  try {
    for (const name of names) {
      const program = programs.get(name);
      if (program === undefined) continue;
      const tracepoints = options.tracepoints?.[name];
      if (tracepoints === undefined) links.unshift(attachProgram(native, name, program));
      else for (const tracepoint of tracepoints) links.unshift(attachToTracepoint(native, name, program, tracepoint));
    }
  } catch (error) {
    disposeAll(links, native.name);
    throw error;
  }
  return { [Symbol.dispose]: () => disposeAll(links.splice(0), native.name) };
}

function attachOrder(
  native: NativeObject,
  programs: ReadonlyMap<string, Address>,
  options: AttachOptions,
): readonly string[] {
  const { order, only } = options;
  if (order !== undefined && only !== undefined) {
    throw new TypeError(`Cannot attach "${native.name}": both order and only are given. Give one of them.`);
  }
  const listed = only ?? order ?? [];
  for (const name of listed) {
    if (!programs.has(name))
      throw new TypeError(`Cannot attach "${name}": it is not a loaded program of "${native.name}".`);
  }
  for (const [name, tracepoints] of Object.entries(options.tracepoints ?? {})) {
    const program = programs.get(name);
    if (tracepoints === undefined) continue;
    if (program === undefined)
      throw new TypeError(`Cannot attach "${name}": it is not a loaded program of "${native.name}".`);
    const section = sectionOf(program);
    if (!RAW_TRACEPOINT.test(section))
      throw new TypeError(`Cannot attach "${name}" to tracepoints by name: its section is "${section}", not "raw_tp".`);
  }
  if (new Set(listed).size !== listed.length) {
    throw new TypeError(`Cannot attach "${native.name}": a program is listed twice.`);
  }
  return only ?? [...listed, ...[...programs.keys()].filter((name) => !listed.includes(name))];
}

function attachProgram(native: NativeObject, name: string, program: Address): Link {
  const outcome = nativeCalls().run((functions) => functions.bpf_program__attach(program), native.sink);
  return linkOf(outcome, name, program);
}

function attachToTracepoint(native: NativeObject, name: string, program: Address, tracepoint: string): Link {
  const text = cString(tracepoint);
  // SAFETY: libbpf and the kernel read the name, which ends with a NUL, during the call alone.
  const outcome = nativeCalls().run(
    (functions) => functions.bpf_program__attach_raw_tracepoint(program, startOf(text)),
    native.sink,
  );
  return linkOf(outcome, name, program);
}

function linkOf(outcome: CallOutcome<unknown>, name: string, program: Address): Link {
  const explain = (details: BpfErrorDetails): BpfError => explainAttachFailure(details, sectionOf(program));
  return new Link(name, checkAddress(outcome, { operation: "attach", what: name, explain }));
}

function sectionOf(program: Address): string {
  const name: unknown = nativeCalls().functions.bpf_program__section_name(program);
  return stringAt(toAddress(name, "a section's name"));
}

/** One attached program, detached once. */
class Link implements Disposable {
  readonly #name: string;
  #address: Address | null;

  constructor(name: string, address: Address) {
    this.#name = name;
    this.#address = address;
  }

  [Symbol.dispose](): void {
    if (this.#address === null) return;
    const address = this.#address;
    this.#address = null;
    // SAFETY: the address is forgotten before libbpf frees it, which it does even when detaching fails.
    const outcome = nativeCalls().run((functions) => functions.bpf_link__destroy(address));
    checkNumber(outcome, { operation: "detach", what: this.#name });
  }
}
