import { TEXT } from '../schema.js';
import type { Part } from './words.js';

export const AUDIT: Part = {
  name: 'Audit log',
  description: 'Every change of state and every denied attempt, in a log that nobody can alter unseen.',
  operations: {
    'GET /audit-events': { operationId: 'listAuditEvents', summary: 'List what happened', sort: ['at'] },
    'GET /audit-events/export': {
      operationId: 'exportAuditEvents',
      summary: 'Export what happened',
      description: 'A stream of everything that the filter finds: CSV with a header line, or one JSON document (an `AuditEvent`) a line.',
      answers: { 'text/csv': TEXT, 'application/x-ndjson': TEXT },
    },
    'POST /audit-events': {
      operationId: 'reportAuditEvents',
      summary: 'Report what was done with tokens at your API',
    },
  },
};
