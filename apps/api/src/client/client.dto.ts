import {
  ACCESS_PRESETS,
  type AccessPreset,
  type AppType,
  BULK_DELETE_MAX,
  CLIENT_TYPES,
  type ClientSettings,
  type ClientStatus,
  type ClientType,
  PREVIOUS_SECRET_LIFETIME,
  REDIRECT_URIS_MAX,
  RESOURCES_MAX,
  STATUS_REASON_MAX,
  TEAM_RESTRICTIONS_MAX,
  TEAM_SELECTIONS,
  type TeamSelection,
} from '@behalf/domain';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsString, MaxLength } from 'class-validator';
import { IsInstant } from '../platform/http/is-instant.js';
import { IfGiven, ListQueryDto } from '../platform/http/list-query.dto.js';
import { Nested } from '../platform/http/nested.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';
import type { StatusChange } from './client-lifecycle.js';
import type { ClientFilter } from './client-list.js';

const STATUSES: readonly ClientStatus[] = ['enabled', 'disabled'];
/** Room for one more than allowed, so that the rules library says what is wrong. */
const MAX_URIS = REDIRECT_URIS_MAX + 1;
const MAX_RESOURCES = RESOURCES_MAX + 1;

class TeamRestrictionsDto {
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(TEAM_RESTRICTIONS_MAX)
  @IsUuid({ each: true })
  team_ids: string[] = [];

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(TEAM_RESTRICTIONS_MAX)
  @IsUuid({ each: true })
  organization_ids: string[] = [];
}

/** The settings that every request may leave out. */
class OptionalSettingsDto implements Partial<ClientSettings> {
  @IfGiven()
  @IsString()
  app_type?: AppType;

  @IfGiven()
  @IsIn(TEAM_SELECTIONS)
  team_selection?: TeamSelection;

  @IfGiven()
  @Nested(() => TeamRestrictionsDto)
  team_restrictions?: TeamRestrictionsDto;

  @IfGiven()
  @IsIn(ACCESS_PRESETS)
  access_preset?: AccessPreset;

  @IfGiven()
  @IsNumber()
  access_token_lifetime_seconds?: number;

  @IfGiven()
  @IsBoolean()
  issue_refresh_token?: boolean;

  @IfGiven()
  @IsNumber()
  refresh_token_lifetime_seconds?: number;

  @IfGiven()
  @IsBoolean()
  resource_server?: boolean;

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX_RESOURCES)
  @IsString({ each: true })
  resources?: string[];

  @IfGiven()
  @IsBoolean()
  require_pushed_authorization_requests?: boolean;

  @IfGiven()
  @IsBoolean()
  dpop_bound_access_tokens?: boolean;

  @IfGiven()
  @IsBoolean()
  device_authorization?: boolean;
}

/** The settings that an edit may change; the type of a client is fixed when it is made. */
export class ClientChangesDto extends OptionalSettingsDto {
  @IfGiven()
  @IsString()
  client_name?: string;

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX_URIS)
  @IsString({ each: true })
  redirect_uris?: string[];
}

export class NewClientDto extends OptionalSettingsDto {
  @IsString()
  client_name: string;

  @IsArray()
  @ArrayMaxSize(MAX_URIS)
  @IsString({ each: true })
  redirect_uris: string[];

  @IfGiven()
  @IsIn(CLIENT_TYPES)
  client_type?: ClientType;

  @IfGiven()
  @IsArray()
  @IsString({ each: true })
  confirmed_risks: string[] = [];
}

export class ClientEditDto extends ClientChangesDto {
  @IsInt()
  version: number;

  @IfGiven()
  @IsArray()
  @IsString({ each: true })
  confirmed_risks: string[] = [];

  @IfGiven()
  @IsBoolean()
  also_revoke_tokens: boolean = false;
}

export class ClientQueryDto extends ListQueryDto implements ClientFilter {
  @IfGiven()
  @IsString()
  search?: string;

  @IfGiven()
  @IsIn(TEAM_SELECTIONS)
  team_selection?: TeamSelection;

  @IfGiven()
  @IsIn(ACCESS_PRESETS)
  access_preset?: AccessPreset;

  @IfGiven()
  @IsIn(STATUSES)
  status?: ClientStatus;
}

export class StatusDto implements StatusChange {
  @IsIn(STATUSES)
  status: ClientStatus;

  @IfGiven()
  @IsString()
  @MaxLength(STATUS_REASON_MAX)
  reason?: string;

  @IfGiven()
  @IsInstant()
  resume_at?: string;
}

export class ConfirmationDto {
  @IsString()
  confirm_name: string;
}

export class RotationDto extends ConfirmationDto {
  @IfGiven()
  @IsNumber()
  previous_secret_lifetime_seconds: number = PREVIOUS_SECRET_LIFETIME.default;
}

export class ClientIdsDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(BULK_DELETE_MAX)
  @ArrayUnique()
  @IsString({ each: true })
  client_ids: string[];
}
