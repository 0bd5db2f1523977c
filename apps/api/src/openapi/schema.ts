/** A JSON Schema (2020-12), as OpenAPI 3.1 uses them. */
export type Schema = { readonly [keyword: string]: unknown };

/** Points to a schema that the document holds under its name. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export const TEXT: Schema = { type: 'string' };
export const WHOLE: Schema = { type: 'integer' };
export const YES_OR_NO: Schema = { type: 'boolean' };
export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** An object of these members and no others. */
export function exactly(properties: Readonly<Record<string, Schema>>, required: readonly string[] = Object.keys(properties)): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Under which media type a schema travels. */
export const content = (media_type: string, schema: Schema) => ({ content: { [media_type]: { schema } } });
