import { isUuid } from '@behalf/domain';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationOptions } from 'class-validator';
import { Problem } from '../problem.js';

export { isUuid };

/** An id in a path: what is no UUID names nothing, so it answers like any other id that does not exist. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('not-found');
    return value.toLowerCase();
  }
}

const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);

/** A UUID in a body or query, brought to lower case as PostgreSQL writes it. */
export const IsUuid = (options?: ValidationOptions): PropertyDecorator => {
  const judge = ValidateBy({ name: 'isUuid', validator: { validate: isUuid, defaultMessage: () => 'must be a UUID' } }, options);
  const normalize = Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(lower) : lower(value)));
  return (target, property) => {
    normalize(target, property);
    judge(target, property);
  };
};
