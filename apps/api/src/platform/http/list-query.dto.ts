import { Transform } from 'class-transformer';
import { IsInt, IsString, Max, Min, ValidateIf } from 'class-validator';
import { LIST_LIMIT, type ListQuery } from '../database/listing.js';

/** Judges a field only where it was sent; unlike IsOptional it does not take null for absent. */
export const IfGiven = () => ValidateIf((_, value) => value !== undefined);

/** What every list takes: page size, position and order. */
export class ListQueryDto implements ListQuery {
  @IfGiven()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(LIST_LIMIT.min)
  @Max(LIST_LIMIT.max)
  limit?: number;

  @IfGiven()
  @IsString()
  cursor?: string;

  @IfGiven()
  @IsString()
  sort?: string;
}
