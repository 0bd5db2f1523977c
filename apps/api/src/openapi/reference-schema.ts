import escapeHtml from 'escape-html';
import type { Schema } from './schema.js';

export interface ShownField {
  readonly name: string;
  readonly required: boolean;
  readonly note?: string;
  readonly schema: Schema;
}

const code = (words: string) => `<code>${escapeHtml(words)}</code>`;
/** Words for a page, with `code` in them. */
export const text = (words: string) => escapeHtml(words).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
const REFERENCE = '#/components/schemas/';
/** Bounds, as a reader says them. */
const BOUNDS: readonly [keyword: string, words: (bound: string) => string][] = [
  ['minimum', (bound) => `at least ${bound}`],
  ['maximum', (bound) => `at most ${bound}`],
  ['minItems', (bound) => `${bound} or more`],
  ['maxItems', (bound) => `${bound} at most`],
  ['maxLength', (bound) => `${bound} characters at most`],
  ['default', (value) => `otherwise ${value}`],
];

/** Fields with their types and what they mean. */
export function renderFields(fields: readonly ShownField[]): string {
  return `<dl>${fields.map(renderField).join('')}</dl>`;
}

/** What a schema holds: fields, alternatives or values. */
export function renderSchema(schema: Schema): string {
  const properties = schema['properties'] as Readonly<Record<string, Schema>> | undefined;
  if (!properties) return `<p class="type">${typeOf(schema)}</p>${alternativesOf(schema)}`;
  const required = (schema['required'] ?? []) as readonly string[];
  return renderFields(Object.entries(properties).map(([name, each]) => ({ name, required: required.includes(name), schema: each })));
}

/** A type in a few words, with a link where it has a name. */
export function typeOf(schema: Schema): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.slice(REFERENCE.length);
    return `<a href="#type.${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if ('const' in schema) return code(JSON.stringify(schema['const']));
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[]).map((value) => code(JSON.stringify(value))).join(' | ');
  const choices = choicesOf(schema);
  if (choices.length && !schema['type']) return choices.map(typeOf).join(' | ');
  if (schema['items']) return `list of ${typeOf(schema['items'] as Schema)}`;
  const types = [(schema['type'] ?? 'anything') as string | string[]].flat().join(' or ');
  return escapeHtml(schema['format'] ? `${types} (${schema['format'] as string})` : types);
}

function renderField({ name, required, note, schema }: ShownField): string {
  const bounds = BOUNDS.flatMap(([keyword, words]) => (schema[keyword] === undefined ? [] : [text(words(shown(schema[keyword])))]));
  const facts = [typeOf(schema), ...(note ? [note] : []), ...(required ? ['required'] : []), ...bounds].join(', ');
  const words = typeof schema['description'] === 'string' ? text(schema['description']) : '';
  return `<dt>${code(name)} <span class="type">${facts}</span></dt><dd>${words}${schema['properties'] ? renderSchema(schema) : ''}${nestedItems(schema)}</dd>`;
}

const shown = (value: unknown) => (typeof value === 'object' ? `\`${JSON.stringify(value)}\`` : JSON.stringify(value));

function nestedItems(schema: Schema): string {
  const items = schema['items'] as Schema | undefined;
  return items?.['properties'] ? renderSchema(items) : '';
}

function choicesOf(schema: Schema): readonly Schema[] {
  return (schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly Schema[];
}

function alternativesOf(schema: Schema): string {
  return choicesOf(schema)
    .filter((choice) => choice['properties'])
    .map((choice) => renderSchema(choice))
    .join('');
}
