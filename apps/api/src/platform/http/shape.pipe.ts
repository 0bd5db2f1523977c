import type { Violation } from '@behalf/domain';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { validationFailed } from '../problem.js';

/** Deeper than any body of this API; a bound, so that walking a body never exhausts the stack. */
const MAX_DEPTH = 8;
/** NUL, which PostgreSQL's text refuses, and surrogates without their other half, which are not text. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/**
 * Judges the shape of bodies and queries against their class-validator DTO: known fields, of the right type.
 * What the values mean is judged by the rules library afterwards.
 */
@Injectable()
export class ShapePipe implements PipeTransform {
  /** @throws Problem `validation-failed` with a JSON Pointer per field, or the parameter's name for a query */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !isDto(metatype)) return value;
    const given = value ?? {};
    const point = type === 'body' ? bodyPointer : queryPointer;
    if (typeof given !== 'object' || Array.isArray(given))
      throw validationFailed([violation('', 'type', 'The body must be a JSON object.')]);
    const unstorable = findUnstorable(given, []);
    if (unstorable) throw validationFailed([violation(point(unstorable.path), unstorable.code, unstorable.detail)]);
    const shaped = plainToInstance<object, object>(metatype, given);
    const errors = validateSync(shaped, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
    if (errors.length) throw validationFailed(errors.flatMap((error) => violationsOf(error, [], point)));
    return shaped;
  }
}

type Pointer = (path: readonly string[]) => string;

/** RFC 6901 §3. */
const bodyPointer: Pointer = (path) => path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
const queryPointer: Pointer = (path) => path[0] ?? '';

function isDto(metatype: unknown): metatype is new () => object {
  return typeof metatype === 'function' && metatype !== Object && metatype !== String && metatype !== Array;
}

interface Unstorable {
  readonly path: readonly string[];
  readonly code: string;
  readonly detail: string;
}

function findUnstorable(value: unknown, path: readonly string[]): Unstorable | null {
  if (typeof value === 'string')
    return UNSTORABLE.test(value) ? { path, code: 'text', detail: 'Contains characters that are not text.' } : null;
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > MAX_DEPTH) return { path: path.slice(0, 1), code: 'type', detail: 'Is nested too deeply.' };
  for (const [key, member] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) return { path, code: 'unknown', detail: 'Contains a field that is not known here.' };
    const found = findUnstorable(member, [...path, key]);
    if (found) return found;
  }
  return null;
}

function violationsOf(error: ValidationError, parents: readonly string[], point: Pointer): Violation[] {
  const path = [...parents, error.property];
  if (error.children?.length) return error.children.flatMap((child) => violationsOf(child, path, point));
  const constraints = error.constraints ?? {};
  if ('whitelistValidation' in constraints) return [violation(point(path), 'unknown', 'Is not a field that is known here.')];
  if (error.value === undefined) return [violation(point(path), 'required', 'Is required.')];
  // The constraint that stands first on the field comes last here: the type, before any bound.
  const sentence = (Object.values(constraints).at(-1) ?? 'has the wrong type').replace(`${error.property} `, '');
  return [violation(point(path), 'type', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`)];
}

function violation(pointer: string, code: string, detail: string): Violation {
  return { pointer, code, detail };
}
