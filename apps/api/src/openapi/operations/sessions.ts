import type { Part } from './words.js';

export const SESSIONS: Part = {
  name: 'Sessions',
  description: 'Sign in and out, your own account, and who is signed in where. For browsers only.',
  operations: {
    'POST /session': {
      operationId: 'signIn',
      summary: 'Sign in',
      description: 'Sets the session cookie.',
      problems: ['wrong-credentials', 'too-many-requests'],
    },
    'GET /session': { operationId: 'getSession', summary: 'Say who is signed in, and what they may do' },
    'DELETE /session': { operationId: 'signOut', summary: 'Sign out', description: 'Ends the browser session; authorizations stay.' },
    'PUT /session/organization': {
      operationId: 'switchOrganization',
      summary: 'Act in another organization',
      problems: ['not-found'],
    },
    'PATCH /me': { operationId: 'renameMe', summary: 'Change your name' },
    'PUT /me/password': {
      operationId: 'changePassword',
      summary: 'Change your password',
      description: 'Your other sessions end, and this one goes on under a new cookie.',
      problems: ['too-many-requests'],
    },
    'POST /invitations/find': {
      operationId: 'findInvitation',
      summary: 'Say whose invitation link it is',
      problems: ['request-gone'],
    },
    'POST /invitations/accept': {
      operationId: 'acceptInvitation',
      summary: 'Set the password that an invitation link is for',
      description: 'Signs in, as the first use of the link; there is no second one.',
      problems: ['request-gone', 'too-many-requests'],
    },
    'GET /ui-sessions': {
      operationId: 'listUiSessions',
      summary: 'List browser sessions',
      description: '`show=organization` asks for the permission Active Sessions: Read (`SESSION_READ`).',
      problems: ['permission-required'],
      sort: ['last_active_at'],
    },
    'DELETE /ui-sessions': { operationId: 'endOtherUiSessions', summary: 'End every other session of yours' },
    'DELETE /ui-sessions/:session_id': {
      operationId: 'endUiSession',
      summary: 'End one browser session',
      problems: ['permission-required'],
    },
    'POST /device-authorizations': {
      operationId: 'openDeviceAuthorization',
      summary: 'Open what a device asks for, by the code that it shows',
      description: 'Answers the id of a pending request, which the consent page shows. Nothing is decided by it.',
      problems: ['too-many-requests'],
    },
    'GET /authorization-requests/:request_id': {
      operationId: 'getAuthorizationRequest',
      summary: 'Show what a client asks for',
      description: 'What the consent page reads. Without a recent sign-in only the client’s name is told.',
      problems: ['request-gone'],
    },
    'POST /authorization-requests/:request_id/decision': {
      operationId: 'decideAuthorizationRequest',
      summary: 'Allow or deny what a client asks for',
      description: 'Answers where the browser goes next. A request is decided once.',
      problems: ['request-gone'],
    },
  },
};
