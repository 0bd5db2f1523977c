export { AuthorizationRequest } from './authorization-request.entity.js';
export { ConsentModule } from './consent.module.js';
