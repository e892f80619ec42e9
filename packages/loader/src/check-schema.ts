import {
  type FieldLayout,
  LayoutMismatchError,
  layoutSize,
  type ObjectSchema,
  type StructLayout,
  type TypeLayout,
} from "@irqtrace/decode";

/**
 * Checks that a schema fits an object: every program, map, variable and field that it names is there, of the same type,
 * size and place. It may name fewer than the object has, and may take bytes for what it does not want to decode.
 */
export function checkSchema(schema: ObjectSchema, declared: ObjectSchema): void {
  const check: SchemaCheck = new SchemaCheck(schema.name, declared.name);
  for (const [name, { section }] of Object.entries(schema.programs)) {
    const program = Object.hasOwn(declared.programs, name) ? declared.programs[name] : undefined;
    if (program === undefined) check.fail(`it has no program "${name}"`);
    else if (program.section !== section)
      check.fail(`its program "${name}" is in "${program.section}", not in "${section}"`);
  }
  for (const [name, expected] of Object.entries(schema.maps)) {
    const map = Object.hasOwn(declared.maps, name) ? declared.maps[name] : undefined;
    if (map === undefined) check.fail(`it has no map "${name}"`);
    if (map.kind !== expected.kind) check.fail(`its map "${name}" is a ${map.kind}, not a ${expected.kind}`);
    check.compare(expected.key, map.key, `the key of its map "${name}"`);
    check.compare(expected.value, map.value, `the value of its map "${name}"`);
  }
  for (const name of ["rodata", "data", "bss"] as const) {
    const expected = schema.sections[name];
    const section = declared.sections[name];
    if (expected === undefined) continue;
    if (section === undefined) check.fail(`it has no variables in .${name}`);
    check.compareStructs(expected, section, `its .${name}`);
  }
}

class SchemaCheck {
  readonly #schemaName: string;
  readonly #objectName: string;
  // Structs recur: the two banks of a cell, the same value in several maps.
  readonly #equal = new Map<TypeLayout, TypeLayout>();

  constructor(schemaName: string, objectName: string) {
    this.#schemaName = schemaName;
    this.#objectName = objectName;
  }

  fail(why: string): never {
    throw new LayoutMismatchError(
      `Cannot use the schema "${this.#schemaName}" for "${this.#objectName}": ${why}. Generate the layouts anew from this object.`,
    );
  }

  compare(expected: TypeLayout | null, actual: TypeLayout | null, where: string): void {
    if (expected === null && actual === null) return;
    if (expected === null || actual === null) this.fail(`${where} is ${actual === null ? "absent" : "present"}`);
    if (expected === actual || this.#equal.get(expected) === actual) return;
    const [wanted, found] = [layoutSize(expected), layoutSize(actual)];
    if (wanted !== found) this.fail(`${where} has ${found} bytes, not ${wanted}`);
    this.#compareKinds(expected, actual, where);
    if (typeof expected === "object") this.#equal.set(expected, actual);
  }

  compareStructs(expected: StructLayout, actual: StructLayout, where: string): void {
    if (expected.size !== actual.size) this.fail(`${where} has ${actual.size} bytes, not ${expected.size}`);
    const fields = new Map(actual.fields.map((field) => [field.name, field]));
    for (const field of expected.fields) {
      const found = fields.get(field.name);
      if (found === undefined) this.fail(`${where} has no "${field.name}"`);
      this.#compareFields(field, found, `"${field.name}" in ${where}`);
    }
  }

  #compareFields(expected: FieldLayout, actual: FieldLayout, where: string): void {
    if (expected.offset !== actual.offset) this.fail(`${where} is at byte ${actual.offset}, not ${expected.offset}`);
    if (expected.bits?.offset !== actual.bits?.offset || expected.bits?.size !== actual.bits?.size) {
      this.fail(`${where} is another bit-field`);
    }
    this.compare(expected.type, actual.type, where);
  }

  #compareKinds(expected: TypeLayout, actual: TypeLayout, where: string): void {
    if (typeof expected === "object" && expected.kind === "bytes") return;
    if (storage(expected) !== storage(actual)) this.fail(`${where} is ${describe(actual)}, not ${describe(expected)}`);
    if (typeof expected === "string" || typeof actual === "string") return;
    if (expected.kind === "struct" && actual.kind === "struct") this.compareStructs(expected, actual, where);
    if (expected.kind === "array" && actual.kind === "array") {
      if (expected.length !== actual.length)
        this.fail(`${where} has ${actual.length} elements, not ${expected.length}`);
      this.compare(expected.of, actual.of, `an element of ${where}`);
    }
  }
}

// 64-bit integers lie in memory alike, whatever they become; enums lie like their integers.
function storage(layout: TypeLayout): string {
  if (typeof layout === "object") return layout.kind === "enum" ? storage(layout.of) : layout.kind;
  return layout === "u53" ? "u64" : layout === "i53" ? "i64" : layout;
}

function describe(layout: TypeLayout): string {
  if (typeof layout === "string") return layout;
  return layout.kind === "array" ? `an array of ${layout.length}` : layout.kind;
}
