import { AUDIT_ACTIONS } from '@behalf/domain';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsString } from 'class-validator';
import type { ListQuery } from '../platform/database/listing.js';
import { IsInstant } from '../platform/http/is-instant.js';
import { IfGiven, IsPageSize } from '../platform/http/list-query.dto.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';
import type { AuditFilter } from './audit-list.js';

const TRUTH: Record<string, boolean> = { true: true, false: false };

/** Filters of the audit log; they name its columns. */
class AuditFilterDto implements AuditFilter {
  @IfGiven()
  @IsUuid()
  id?: string;

  @IfGiven()
  @IsInstant()
  from?: string;

  @IfGiven()
  @IsInstant()
  to?: string;

  @IfGiven()
  @IsUuid()
  user_id?: string;

  @IfGiven()
  @IsIn(AUDIT_ACTIONS)
  action?: string;

  @IfGiven()
  @IsIn(['ui', 'oauth', 'system'])
  channel?: string;

  @IfGiven()
  @IsString()
  client_id?: string;

  @IfGiven()
  @IsString()
  target_id?: string;

  @IfGiven()
  @IsUuid()
  token_id?: string;

  @IfGiven()
  @IsIn(['success', 'denied', 'failure'])
  result?: string;

  @IfGiven()
  @Transform(({ value }) => TRUTH[String(value)] ?? value)
  @IsBoolean()
  incident?: boolean;
}

export class AuditQueryDto extends AuditFilterDto implements ListQuery {
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

/** An export is everything that the filter finds: it has no pages and no order of its own to ask for. */
export class AuditExportDto extends AuditFilterDto {
  @IsIn(['csv', 'ndjson'])
  format: 'csv' | 'ndjson';
}
