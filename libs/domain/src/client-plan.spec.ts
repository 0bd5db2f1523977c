import { planClients } from './client-plan.js';
import { DEFAULT_CLIENT_SETTINGS } from './client-settings.js';
import type { Client } from './wire.js';

const client = (client_id: string, client_name: string, more: Partial<Client> = {}): Client => ({
  ...DEFAULT_CLIENT_SETTINGS,
  client_id,
  client_name,
  redirect_uris: ['https://a.test/1', 'https://a.test/2'],
  status: 'enabled',
  status_reason: null,
  resume_at: null,
  secret: null,
  previous_secret: null,
  notices: [],
  created_at: '',
  created_by: null,
  updated_at: '',
  last_used_at: null,
  live_tokens: 0,
  version: 1,
  ...more,
});
const A = client('a', 'Alpha');
const B = client('b', 'Beta');

const told = (declared: readonly object[], prune = false, existing = [A, B], own: string | null = null) => {
  const { steps, violations } = planClients(declared, existing, prune, own);
  return [
    ...steps.map((step) => {
      if (step.kind === 'create') return `create ${step.settings.client_name}`;
      return `${step.kind} ${step.client.client_id}${step.kind === 'change' ? ` ${Object.keys(step.changes).join()}` : ''}`;
    }),
    ...violations.map(({ pointer, code }) => `${pointer} ${code}`),
  ];
};

it.each<[string, readonly object[], readonly string[]]>([
  ['what is declared as it is', [{ client_name: 'Alpha' }], ['unchanged a']],
  ['addresses in another order', [{ client_name: 'Alpha', redirect_uris: ['https://a.test/2', 'https://a.test/1'] }], ['unchanged a']],
  ['an address less', [{ client_name: 'Alpha', redirect_uris: ['https://a.test/1'] }], ['change a redirect_uris']],
  ['another name under the id', [{ client_id: 'a', client_name: 'Gamma' }], ['change a client_name']],
  ['a new name', [{ client_name: 'Gamma', redirect_uris: ['https://c.test/'] }], ['create Gamma']],
  ['a new one without an address', [{ client_name: 'Gamma' }], ['/clients/0/redirect_uris required']],
  ['an id that is none', [{ client_id: 'x', client_name: 'Alpha' }], ['/clients/0/client_id not-found']],
  ['a word that is no setting', [{ client_name: 'Alpha', colour: 'red' }], ['/clients/0/colour unknown']],
  ['one client twice', [{ client_name: 'Alpha' }, { client_id: 'a' }], ['unchanged a', '/clients/1 repeated']],
  [
    'two new ones of one name',
    [
      { client_name: 'Gamma', redirect_uris: ['https://c.test/'] },
      { client_name: 'Gamma', redirect_uris: ['https://d.test/'] },
    ],
    ['create Gamma', '/clients/1 repeated'],
  ],
  ['restrictions without those of the other kind', [{ client_name: 'Alpha', team_restrictions: { team_ids: [] } }], ['unchanged a']],
  ['another type', [{ client_name: 'Alpha', client_type: 'public' }], ['/clients/0/client_type fixed']],
  [
    'a high risk that nobody confirmed',
    [{ client_name: 'Alpha', access_preset: 'full_access', access_token_lifetime_seconds: 3601 }],
    ['/clients/0/confirmed_risks confirmation-required'],
  ],
  [
    'the same, confirmed',
    [
      {
        client_name: 'Alpha',
        access_preset: 'full_access',
        access_token_lifetime_seconds: 3601,
        confirmed_risks: ['long_lived_full_access'],
      },
    ],
    ['change a access_preset,access_token_lifetime_seconds'],
  ],
])('plans %s', (_title, declared, expected) => {
  expect(told(declared)).toEqual(expected);
});

it('deletes what is not declared only where that is asked for', () => {
  expect(told([{ client_name: 'Alpha' }])).toEqual(['unchanged a']);
  expect(told([{ client_name: 'Alpha' }], true)).toEqual(['unchanged a', 'delete b']);
});

it('guesses at no name that several clients have', () => {
  expect(told([{ client_name: 'Alpha' }], false, [A, client('c', 'Alpha')])).toEqual(['/clients/0/client_name ambiguous']);
});

it.each<[object, readonly string[]]>([
  [{ client_name: 7 }, ['/client_name type']],
  [{ client_name: null }, ['/client_name type']],
  [{ client_id: 7 }, ['/client_id type']],
  [{ client_id: 'a', client_type: 'secret' }, ['/client_type type']],
  [{ client_id: 'a', app_type: 1 }, ['/app_type type']],
  [{ client_id: 'a', app_type: 'service_to_service' }, ['/app_type not-available']],
  [{ client_id: 'a', team_selection: 'many' }, ['/team_selection type']],
  [{ client_id: 'a', team_restrictions: [] }, ['/team_restrictions type']],
  [{ client_id: 'a', team_restrictions: { teams: [] } }, ['/team_restrictions/teams unknown']],
  [{ client_id: 'a', team_restrictions: { team_ids: 'all' } }, ['/team_restrictions/team_ids type']],
  [{ client_id: 'a', team_restrictions: { team_ids: ['Production'] } }, ['/team_restrictions/team_ids/0 type']],
  [{ client_id: 'a', team_restrictions: { organization_ids: [1] } }, ['/team_restrictions/organization_ids/0 type']],
  [{ client_id: 'a', access_preset: 'full' }, ['/access_preset type']],
  [{ client_id: 'a', access_token_lifetime_seconds: '600' }, ['/access_token_lifetime_seconds type']],
  [{ client_id: 'a', issue_refresh_token: 'yes' }, ['/issue_refresh_token type']],
  [{ client_id: 'a', refresh_token_lifetime_seconds: null }, ['/refresh_token_lifetime_seconds type']],
  [{ client_id: 'a', redirect_uris: 'https://a.test/' }, ['/redirect_uris type']],
  [{ client_id: 'a', redirect_uris: [1, 'https://a.test/'] }, ['/redirect_uris/0 type']],
  [{ client_id: 'a', resource_server: 1 }, ['/resource_server type']],
  [{ client_id: 'a', confirmed_risks: 'long_lived_full_access' }, ['/confirmed_risks type']],
  [{ client_id: 'a', confirmed_risks: ['everything'] }, ['/confirmed_risks/0 type']],
  [{ client_id: 'a', constructor: 1 }, ['/constructor unknown']],
])('judges the shape of %j before anything is sent', (declared, expected) => {
  expect(told([declared])).toEqual(expected.map((each) => `/clients/0${each}`));
});

it('never deletes the client that it is carried out with, and changes it last', () => {
  expect(told([], true, [A, B], 'a')).toEqual(['delete b', 'kept a']);
  const changes = [
    { client_name: 'Alpha', access_preset: 'full_access' },
    { client_name: 'Gamma', redirect_uris: ['https://c.test/'] },
  ];
  expect(told(changes, true, [A, B], 'a')).toEqual(['create Gamma', 'delete b', 'change a access_preset']);
  expect(told([], false, [A, B], 'a')).toEqual([]);
});
