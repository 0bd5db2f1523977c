import { InitialSchema1764000000000 } from './1764000000000-initial-schema.js';
import { ClientSortIndexes1764230000000 } from './1764230000000-client-sort-indexes.js';
import { AuditChain1765100000000 } from './1765100000000-audit-chain.js';
import { LargeInstallations1765310000000 } from './1765310000000-large-installations.js';
import { AuditStream1765500000000 } from './1765500000000-audit-stream.js';
import { ResourceIndicators1795736400000 } from './1795736400000-resource-indicators.js';
import { PushedAuthorizationRequests1795737000000 } from './1795737000000-pushed-authorization-requests.js';
import { DeviceAuthorization1795738000000 } from './1795738000000-device-authorization.js';
import { Dpop1795739000000 } from './1795739000000-dpop.js';
import { StandingGrants1795739000005 } from './1795739000005-standing-grants.js';
import { Guests1795739100005 } from './1795739100005-guests.js';
import { ResourcesStayJudged1795741200007 } from './1795741200007-resources-stay-judged.js';
import { PendingByClient1795741300007 } from './1795741300007-pending-by-client.js';
import { SessionsByHome1795742000005 } from './1795742000005-sessions-by-home.js';
import { SearchOfPeople1795742100005 } from './1795742100005-search-of-people.js';
import { ClientWitnesses1795742200005 } from './1795742200005-client-witnesses.js';
import { PeopleByName1795742300005 } from './1795742300005-people-by-name.js';

/** Every migration in order; frozen once it was released. */
export const MIGRATIONS = [
  InitialSchema1764000000000,
  ClientSortIndexes1764230000000,
  AuditChain1765100000000,
  LargeInstallations1765310000000,
  AuditStream1765500000000,
  ResourceIndicators1795736400000,
  PushedAuthorizationRequests1795737000000,
  DeviceAuthorization1795738000000,
  Dpop1795739000000,
  StandingGrants1795739000005,
  Guests1795739100005,
  ResourcesStayJudged1795741200007,
  PendingByClient1795741300007,
  SessionsByHome1795742000005,
  SearchOfPeople1795742100005,
  ClientWitnesses1795742200005,
  PeopleByName1795742300005,
];
