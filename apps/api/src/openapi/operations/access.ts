import type { Part } from './words.js';

const TOKEN_SORT = ['last_used_at', 'created_at', 'expires_at'];

export const ACCESS: Part = {
  name: 'Connected apps',
  description: 'See what applications may do for users, narrow it and end it.',
  operations: {
    'GET /connected-apps': {
      operationId: 'listConnectedApps',
      summary: 'List the applications that hold tokens',
      sort: TOKEN_SORT,
    },
    'GET /connected-apps/:client_id/tokens': {
      operationId: 'listTokens',
      summary: 'List the authorizations that an application holds',
      description: 'One row is one run of the flow with all tokens that came from it. `suspended`: it lives, and nothing of it counts now.',
      sort: TOKEN_SORT,
    },
    'DELETE /connected-apps/:client_id/tokens': {
      operationId: 'revokeConnectedApp',
      summary: 'End every authorization of an application',
      description: 'Forgets the consent too. No later request is served: the answer comes after the revocation is durable.',
    },
    'DELETE /tokens/:token_id': {
      operationId: 'revokeToken',
      summary: 'End one authorization',
      problems: ['permission-required'],
    },
    'PATCH /tokens/:token_id': {
      operationId: 'narrowToken',
      summary: 'Take teams or scopes from one authorization',
      description: 'What is taken does not come back; more than it holds is refused.',
      problems: ['permission-required'],
    },
    'GET /effective-access': {
      operationId: 'explainAccess',
      summary: 'Explain what an application may do for a user now',
      description:
        'Team by team and permission by permission: what the user agreed to, what the client allows, what the user may do, and what is left.',
      problems: ['permission-required', 'not-found'],
    },
    'GET /consents': { operationId: 'listConsents', summary: 'List what you have agreed to' },
    'DELETE /consents/:client_id': {
      operationId: 'forgetConsent',
      summary: 'Forget what you agreed to',
      description: 'You are asked again next time; tokens that live go on.',
    },
  },
};
