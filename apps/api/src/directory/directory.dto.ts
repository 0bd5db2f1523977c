import { ROLES, type Role, type UserStatus } from '@behalf/domain';
import { ArrayMaxSize, IsIn, IsString } from 'class-validator';
import { IfGiven, ListQueryDto } from '../platform/http/list-query.dto.js';
import { NestedList } from '../platform/http/nested.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';
import type { UserFilter } from './people.js';
import type { NewUser, UserChange } from './users.js';

const ROLE_NAMES = Object.keys(ROLES);
const STATUSES: readonly UserStatus[] = ['active', 'disabled'];
/** More teams than anyone belongs to; a bound on one statement's size. */
const MAX_MEMBERSHIPS = 200;

export class SearchQueryDto extends ListQueryDto {
  @IfGiven()
  @IsString()
  search?: string;
}

export class TeamQueryDto extends SearchQueryDto {
  @IfGiven()
  @IsUuid()
  organization_id?: string;
}

export class NewTeamDto {
  @IsString()
  name: string;

  @IsUuid()
  organization_id: string;
}

export class TeamChangeDto {
  @IsString()
  name: string;
}

export class MemberDto {
  @IsIn(ROLE_NAMES)
  role: Role;
}

export class UserQueryDto extends SearchQueryDto implements UserFilter {
  @IfGiven()
  @IsIn(STATUSES)
  status?: UserStatus;
}

export class NewMembershipDto extends MemberDto {
  @IsUuid()
  team_id: string;
}

export class NewUserDto implements NewUser {
  @IsString()
  email: string;

  @IsString()
  name: string;

  @NestedList(() => NewMembershipDto)
  @ArrayMaxSize(MAX_MEMBERSHIPS)
  memberships: NewMembershipDto[];
}

export class UserChangeDto implements UserChange {
  @IfGiven()
  @IsString()
  name?: string;

  @IfGiven()
  @IsIn(STATUSES)
  status?: UserStatus;
}

export class UserImpactQueryDto {
  @IfGiven()
  @IsUuid()
  team_id?: string;
}
