export { Invitation, Membership, Organization, Team, UserAccount } from './directory.entities.js';
export { createAdministrator, DEMO_ADMINISTRATOR, FIRST_ADMINISTRATOR_EMAIL, plantDemoData, plantFirstAdministrator } from './demo-data.js';
export { Directory } from './directory.js';
export { DirectoryModule } from './directory.module.js';
export { Invitations } from './invitations.js';
export { MEMBER_OF, toMemberships } from './member-of.js';
export { type GrantPlace, UserGrants } from './user-grants.js';
