export { type CurrentSession, sessionActor } from './current-session.js';
export { hashPassword } from './passwords.js';
export { SessionModule } from './session.module.js';
export { Sessions } from './sessions.js';
export { UiSessionRow } from './ui-session.entity.js';
