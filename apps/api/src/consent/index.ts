export { AuthorizationRequest } from './authorization-request.entity.js';
export { AUTHORIZE_PARAMETERS } from './checks.js';
export { ConsentModule } from './consent.module.js';
export { DeviceModule } from './device.module.js';
export { PushedAuthorizationRequest } from './pushed-request.entity.js';
export { PushedRequestsModule } from './pushed-requests.module.js';
