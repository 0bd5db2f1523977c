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

const told = (declared: readonly object[], prune = false, existing = [A, B]) => {
  const { steps, violations } = planClients(declared, existing, prune);
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
