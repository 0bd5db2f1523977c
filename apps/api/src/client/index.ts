export { ClientIdPipe } from './client-id.pipe.js';
export { ClientFailureRow } from './client-failure.entity.js';
export { ClientFailures, type RefusedRequest } from './client-failures.js';
export { ClientModule } from './client.module.js';
export { GrantUsage } from './grant-usage.js';
export { KnownResources } from './known-resources.js';
export { touchClients } from './last-used.js';
export { type LiveClient, LiveClients } from './live-clients.js';
export { ClientSecret, OAuthClient } from './oauth-client.entity.js';
