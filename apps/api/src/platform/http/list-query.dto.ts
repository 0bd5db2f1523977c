import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Max, Min, ValidateIf } from 'class-validator';
import { LIST_LIMIT, type ListQuery } from '../database/listing.js';

/** Judges a field only where it was sent; unlike IsOptional it does not take null for absent. */
export const IfGiven = () => ValidateIf((_, value) => value !== undefined);

/** How many rows a page may have. */
export const IsPageSize = () =>
  applyDecorators(
    Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value)),
    Max(LIST_LIMIT.max),
    Min(LIST_LIMIT.min),
    IsInt(),
  );

/** What every list takes: page size, position and order. */
export class ListQueryDto implements ListQuery {
  @IfGiven()
  @IsPageSize()
  limit?: number;

  @IfGiven()
  @IsString()
  cursor?: string;

  @IfGiven()
  @IsString()
  sort?: string;
}
