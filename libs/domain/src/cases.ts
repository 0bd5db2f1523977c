export * from './client-settings.cases.js';
export * from './redirect-uri.cases.js';
