import { getMetadataStorage } from 'class-validator';
import { nestedIn } from '../platform/http/nested.js';
import { DEFAULTS, FIELDS } from './fields.js';
import { ref, type Schema } from './schema.js';

export type Dto = new () => object;
type Constraint = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** What the constraints of the DTOs say in JSON Schema; one that is not listed here stops the making of the document. */
const KEYWORDS: Readonly<Record<string, (argument: unknown) => Schema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  // Lifetimes and counts: a fraction has the right shape, and is refused by the rules all the same.
  isNumber: () => ({ type: 'integer' }),
  isIn: (values) => ({ type: 'string', enum: values }),
  min: (bound) => ({ minimum: bound }),
  max: (bound) => ({ maximum: bound }),
  maxLength: (bound) => ({ maxLength: bound }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isInstant: () => ({ type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] }),
  isAddress: () => ({ type: 'string', anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] }),
  isObject: () => ({ type: 'object' }),
};

/** The same for constraints on a list as a whole. */
const LIST_KEYWORDS: Readonly<Record<string, (argument: unknown) => Schema>> = {
  isArray: () => ({ type: 'array' }),
  arrayMinSize: (bound) => ({ minItems: bound }),
  arrayMaxSize: (bound) => ({ maxItems: bound }),
  arrayUnique: () => ({ uniqueItems: true }),
};

export interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** Under which name the document holds a DTO: `NewClientDto` is what a call takes in, not what one answers. */
export function componentOf(dto: Dto): string {
  return `${dto.name.replace(/(Dto|Body|Query)$/, '')}Input`;
}

/**
 * The fields of a DTO, with what judges them.
 *
 * @throws Error for a constraint, or a field, that nothing here describes
 */
export function fieldsOf(dto: Dto): Field[] {
  const constraints = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const defaults: Readonly<Record<string, unknown>> = { ...new dto(), ...DEFAULTS[componentOf(dto)] };
  const names = [...new Set(constraints.map(({ propertyName }) => propertyName))];
  return names.map((name) => {
    const own = constraints.filter(({ propertyName }) => propertyName === name);
    const nullable = own.some((constraint) => isPassedOver(constraint, null));
    const schema = schemaOf(dto, name, own);
    const described: Schema = { ...(nullable ? { ...schema, type: [schema['type'], 'null'] } : schema), ...wordsOf(dto, name) };
    return {
      name,
      required: !own.some((constraint) => isPassedOver(constraint, undefined)),
      schema: defaults[name] === undefined ? described : { ...described, default: defaults[name] },
    };
  });
}

/** The DTO as one object; unknown fields are refused. */
export function objectOf(dto: Dto): Schema {
  const fields = fieldsOf(dto);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

/** Asks the condition itself whether a value that is absent, or null, is let through unjudged. */
function isPassedOver({ type, constraints }: Constraint, value: unknown): boolean {
  if (type !== 'conditionalValidation') return false;
  const condition = constraints[0] as (object: object, given: unknown) => boolean;
  return !condition({}, value);
}

function schemaOf(dto: Dto, name: string, constraints: readonly Constraint[]): Schema {
  const nested = nestedIn(dto, name);
  const isList = constraints.some((constraint) => constraint.name === 'isArray');
  const list: Schema[] = [];
  const item: Schema[] = nested ? [ref(componentOf(nested))] : [];
  for (const constraint of constraints) {
    if (constraint.type === 'conditionalValidation' || constraint.type === 'nestedValidation') continue;
    const constraintName = constraint.name ?? constraint.type;
    if (nested && constraintName === 'isObject') continue;
    const onList = isList && !constraint.each;
    const keyword = (onList ? LIST_KEYWORDS : KEYWORDS)[constraintName];
    if (!keyword) throw new Error(`${dto.name}.${name}: the constraint ${constraintName} has no word in JSON Schema.`);
    (onList ? list : item).push(keyword(constraint.constraints?.[0]));
  }
  const one = Object.assign({}, ...item) as Schema;
  return isList ? { ...(Object.assign({}, ...list) as Schema), items: one } : one;
}

function wordsOf(dto: Dto, name: string): Schema {
  const description = FIELDS[`${componentOf(dto)}.${name}`] ?? FIELDS[name];
  if (!description) throw new Error(`${dto.name}.${name} is not described in fields.ts.`);
  return { description };
}
