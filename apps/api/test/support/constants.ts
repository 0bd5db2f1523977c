import template from './template.json';

/** Password of the demo users in tests. */
export const PASSWORD = template.password;
export const TEMPLATE = template.database;
/** Environment variable through which the test files find the server. */
export const POSTGRES_URL = template.url_variable;

export const ADMIN = 'admin@acme.example';
export const DEV = 'dev@acme.example';
export const VIEWER = 'viewer@acme.example';
export const SECURITY = 'security@acme.example';
export const LABS = 'labs@acme.example';
