import { Injectable, type PipeTransform } from '@nestjs/common';
import { Problem } from '../problem.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id in a path: what is no UUID names nothing, so it answers like any other id that does not exist. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('not-found');
    return value.toLowerCase();
  }
}

/** Whether a text is a UUID that PostgreSQL takes. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
