import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";

/** Later versions may add members, so a schema lets them pass; what is written today must all be described. */
export function strict(schema: AnySchemaObject): AnySchemaObject {
  return JSON.parse(JSON.stringify(schema), (_, value) =>
    value !== null && typeof value === "object" && "properties" in value
      ? { ...value, additionalProperties: false }
      : value,
  );
}

export function validator(schema: AnySchemaObject): ValidateFunction {
  return new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, strictTuples: false }).compile(schema);
}
