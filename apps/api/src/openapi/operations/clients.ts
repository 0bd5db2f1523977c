import { CLIENT_SORTS } from '@behalf/domain';
import type { Part } from './words.js';

export const CLIENTS: Part = {
  name: 'OAuth clients',
  description: 'Register the applications that may act for users, and decide how far.',
  operations: {
    'GET /oauth-clients': {
      operationId: 'listClients',
      summary: 'List clients',
      sort: CLIENT_SORTS,
    },
    'POST /oauth-clients': {
      operationId: 'createClient',
      summary: 'Register a client',
      description: 'The secret of a confidential client is answered here and never again.',
      problems: ['confirmation-required'],
    },
    'POST /oauth-clients/impact': {
      operationId: 'previewClientImpact',
      summary: 'Count what pausing or deleting clients would touch',
      problems: ['not-found'],
    },
    'POST /oauth-clients/bulk-delete': {
      operationId: 'deleteClients',
      summary: 'Delete several clients',
      description: 'All of them or none: when any is gone already, nothing is deleted and the answer names which.',
      problems: ['already-gone'],
    },
    'GET /oauth-clients/:client_id': { operationId: 'getClient', summary: 'Show a client' },
    'PATCH /oauth-clients/:client_id': {
      operationId: 'updateClient',
      summary: 'Change the settings of a client',
      description:
        'What is left out stays as it is. Narrowing acts on live tokens at once; widening adds nothing beyond what users agreed to.',
      problems: ['version-conflict', 'confirmation-required'],
    },
    'GET /oauth-clients/:client_id/failures': {
      operationId: 'listClientFailures',
      summary: 'List the latest failed calls of a client',
      description: 'The newest 50, with what was sent and what was expected, so that an integration that does not work can be mended.',
    },
    'POST /oauth-clients/:client_id/preview': {
      operationId: 'previewClientUpdate',
      summary: 'Say what an edit would end and narrow',
      description: 'Nothing is stored.',
    },
    'PUT /oauth-clients/:client_id/status': {
      operationId: 'setClientStatus',
      summary: 'Pause or resume a client',
      description: 'A pause ends the client’s tokens, codes and open consent pages for good; resuming revives nothing.',
    },
    'POST /oauth-clients/:client_id/rotate-secret': {
      operationId: 'rotateClientSecret',
      summary: 'Give a client a new secret',
      description:
        'The new secret works at once and is answered here and never again. At most two secrets live: an older previous one ends.',
      problems: ['name-mismatch', 'not-confidential'],
    },
    'DELETE /oauth-clients/:client_id/previous-secret': {
      operationId: 'endPreviousClientSecret',
      summary: 'End the previous secret now',
    },
    'DELETE /oauth-clients/:client_id': {
      operationId: 'deleteClient',
      summary: 'Delete a client',
      description: 'With its secrets, tokens and consents. The audit log keeps its id and name.',
      problems: ['name-mismatch'],
    },
    'POST /oauth-clients/:client_id/delete': {
      operationId: 'deleteClientByPost',
      summary: 'Delete a client, for callers that cannot send a body with DELETE',
      problems: ['name-mismatch'],
    },
  },
};
