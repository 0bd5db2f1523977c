export { CLIENT_PARAMETERS, ClientAuthentication, type ClientCall, resourcesIn } from './client-authentication.js';
export { Consents, type Decision } from './consents.js';
export { DeviceAuthorization } from './device-authorization.entity.js';
export { DeviceAuthorizations, type DeviceRequest } from './device-authorizations.js';
export { ProtectedResourceModule } from './protected-resource.controller.js';
export { SigningKeyStore } from './signing-key-store.js';
export { AuthorizationGrant, Consent, RevokedAccessToken, SigningKey, StandingGrant } from './token.entities.js';
export { TokenModule } from './token.module.js';
