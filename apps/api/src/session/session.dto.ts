import { IsIn, IsString } from 'class-validator';
import { IfGiven, ListQueryDto } from '../platform/http/list-query.dto.js';
import { IsUuid } from '../platform/http/uuid.pipe.js';

export class SignInDto {
  @IsString()
  email: string;

  @IsString()
  password: string;
}

export class OrganizationChoiceDto {
  @IsUuid()
  organization_id: string;
}

export class MeDto {
  @IsString()
  name: string;
}

export class PasswordChangeDto {
  @IsString()
  current_password: string;

  @IsString()
  new_password: string;
}

export class InvitationDto {
  @IsString()
  token: string;
}

export class AcceptInvitationDto extends InvitationDto {
  @IsString()
  password: string;
}

export class UiSessionQueryDto extends ListQueryDto {
  @IfGiven()
  @IsIn(['mine', 'organization'])
  show?: 'mine' | 'organization';
}
