import { Global, Module } from '@nestjs/common';
import { TeamPlaces } from '../platform/access/team-places.js';
import { Directory } from './directory.js';
import { Invitations } from './invitations.js';
import { Members } from './members.js';
import { OrganizationsController } from './organizations.controller.js';
import { People } from './people.js';
import { Teams } from './teams.js';
import { TeamsController } from './teams.controller.js';
import { Users } from './users.js';
import { UsersController } from './users.controller.js';

/** Global, since the access guard of every module asks where a team stands. */
@Global()
@Module({
  controllers: [OrganizationsController, TeamsController, UsersController],
  providers: [Directory, Teams, Members, People, Users, Invitations, { provide: TeamPlaces, useExisting: Directory }],
  exports: [Directory, Invitations, TeamPlaces],
})
export class DirectoryModule {}
