/** The demo users' password in the journeys. */
export const PASSWORD = 'correct horse battery';

export const ADMIN = 'admin@acme.example';
export const DEV = 'dev@acme.example';
export const VIEWER = 'viewer@acme.example';
export const SECURITY = 'security@acme.example';
export const LABS = 'labs@acme.example';
