import { Injectable, type PipeTransform } from '@nestjs/common';
import { Problem } from '../platform/problem.js';
import { isClientId } from './client-rows.js';

/** A client id in a path: what cannot be one names nothing, and never reaches the database. */
@Injectable()
export class ClientIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isClientId(value)) throw new Problem('not-found');
    return value;
  }
}
