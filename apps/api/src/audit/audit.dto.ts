import { AUDIT_ACTIONS } from '@behalf/domain';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsString } from 'class-validator';
import { IsInstant } from '../platform/http/is-instant.js';
import { IfGiven, ListQueryDto } from '../platform/http/list-query.dto.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';
import type { AuditFilter } from './audit-list.js';

const TRUTH: Record<string, boolean> = { true: true, false: false };

/** Filters of the audit log; they name its columns. */
export class AuditQueryDto extends ListQueryDto implements AuditFilter {
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

export class AuditExportDto extends AuditQueryDto {
  @IsIn(['csv', 'ndjson'])
  format: 'csv' | 'ndjson';
}
