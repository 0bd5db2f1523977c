import { AUDIT_REPORT, type AuditResult, type ReportedEvent } from '@behalf/domain';
import { ArrayMaxSize, IsIn, IsNumber, IsString, ValidateBy, ValidateIf } from 'class-validator';
import { isIP } from 'node:net';
import { IfGiven } from '../platform/http/list-query.dto.js';
import { NestedList } from '../platform/http/nested.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';

/** Judges a field that may be null as well as left out. */
const IfAny = () => ValidateIf((_, value) => value !== undefined && value !== null);

/** An address as PostgreSQL's inet takes it, which has no zone. */
const isAddress = (value: unknown) => typeof value === 'string' && isIP(value) > 0 && !value.includes('%');
const IsAddress = () =>
  ValidateBy({ name: 'isAddress', validator: { validate: isAddress, defaultMessage: () => 'must be an IP address' } });

class ReportedEventDto implements ReportedEvent {
  @IsUuid()
  id: string;

  @IsUuid()
  token_id: string;

  @IsString()
  operation: string;

  @IsIn(['success', 'denied', 'failure'])
  result: AuditResult;

  @IfAny()
  @IsUuid()
  team_id?: string | null;

  @IfAny()
  @IsString()
  reason?: string | null;

  @IfAny()
  @IsAddress()
  ip_address?: string | null;

  @IfAny()
  @IsString()
  user_agent?: string | null;

  @IfGiven()
  @IsNumber()
  count?: number;

  @IfGiven()
  @IsNumber()
  seconds_ago?: number;
}

export class AuditReportDto {
  @NestedList(() => ReportedEventDto)
  @ArrayMaxSize(AUDIT_REPORT.max_events)
  events: ReportedEventDto[];
}
