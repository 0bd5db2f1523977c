import { USER_SORTS } from '@behalf/domain';
import type { Part } from './words.js';

export const DIRECTORY: Part = {
  name: 'People and teams',
  description: 'Organizations, their teams, and who has which role in them.',
  operations: {
    'GET /organizations': {
      operationId: 'listOrganizations',
      summary: 'List the organizations that you have a team in',
      sort: ['name'],
    },
    'GET /roles': { operationId: 'listRoles', summary: 'List the roles, with what each may do' },
    'GET /teams': {
      operationId: 'listTeams',
      summary: 'List the teams of your organizations',
      description: 'With an access token: the teams that it may act on now.',
      sort: ['name'],
    },
    'POST /teams': { operationId: 'createTeam', summary: 'Create a team' },
    'GET /teams/:team_id': { operationId: 'getTeam', summary: 'Show a team' },
    'PATCH /teams/:team_id': { operationId: 'renameTeam', summary: 'Rename a team' },
    'GET /teams/:team_id/members': { operationId: 'listMembers', summary: 'List the members of a team', sort: ['name'] },
    'PUT /teams/:team_id/members/:user_id': {
      operationId: 'setMember',
      summary: 'Add somebody to a team, or change their role',
      description: 'Nobody gives or takes a role that may do more than they may themselves.',
      problems: ['last-administrator'],
    },
    'DELETE /teams/:team_id/members/:user_id': {
      operationId: 'removeMember',
      summary: 'Remove somebody from a team',
      problems: ['last-administrator'],
    },
    'GET /users': { operationId: 'listUsers', summary: 'List users', sort: USER_SORTS },
    'POST /users': {
      operationId: 'inviteUser',
      summary: 'Invite a user',
      description: 'Answers a link that sets the user’s password once; hand it over yourself, since no email is sent.',
    },
    'GET /users/:user_id': { operationId: 'getUser', summary: 'Show a user' },
    'PATCH /users/:user_id': {
      operationId: 'updateUser',
      summary: 'Rename, disable or enable a user',
      problems: ['last-administrator'],
    },
    'GET /users/:user_id/impact': {
      operationId: 'previewUserImpact',
      summary: 'Count what disabling a user, or their leaving a team, would touch',
    },
    'POST /users/:user_id/reset-password': {
      operationId: 'resetPassword',
      summary: 'Make a link that sets a user’s password anew',
    },
  },
};
