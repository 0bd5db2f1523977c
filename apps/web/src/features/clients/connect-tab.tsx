import { type Client, CODE_LIFETIME_SECONDS } from '@behalf/domain';
import { SegmentedControl } from '@mantine/core';
import { IconClockHour4, IconRefresh, IconUserCheck } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Copy } from '../../ui/identifier.js';
import { Code } from './code.js';
import { LANGUAGES, type Language, snippetsFor } from './snippets.js';

/** Everything an integration needs: addresses, code that runs, and advice. */
export function ConnectTab({ client }: { client: Client }) {
  const [language, choose] = useState<Language>('JavaScript');
  const issuer = window.location.origin;
  const { authorize, exchange, refresh } = snippetsFor(language, client, issuer);
  return (
    <div className="b-tab">
      <Addresses issuer={issuer} />
      <div className="b-connect-head">
        <span>Code examples</span>
        <SegmentedControl aria-label="Language" data={[...LANGUAGES]} value={language} onChange={(next) => choose(next)} />
      </div>
      <Step title="1. Send the user to consent" text="Every client uses PKCE. Keep the code_verifier until the exchange.">
        <Code label="Send the user to consent" text={authorize} />
      </Step>
      <Step title="2. Exchange the code" text={`Within ${CODE_LIFETIME_SECONDS} seconds, once. Cache the access token until it expires.`}>
        <Code label="Exchange the code" text={exchange} />
      </Step>
      {client.issue_refresh_token && (
        <Step title="3. Renew the access token" text="Each answer brings a new refresh token. Store it before you use it.">
          <Code label="Renew the access token" text={refresh} />
        </Step>
      )}
      <Advice />
    </div>
  );
}

function Addresses({ issuer }: { issuer: string }) {
  const addresses = [
    ['Issuer', issuer],
    ['Authorize', `${issuer}/oauth2/authorize`],
    ['Token', `${issuer}/oauth2/token`],
  ] as const;
  return (
    <dl className="b-addresses">
      {addresses.map(([title, address]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>
            <code className="b-mono">{address}</code>
            <Copy value={address} label={`Copy ${title}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Step({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className="b-step">
      <h3>{title}</h3>
      <p className="b-section-text">{text}</p>
      {children}
    </section>
  );
}

const ADVICE = [
  { icon: IconUserCheck, title: 'Pick the authorizing user carefully.', text: 'A client can never do more than that user can.' },
  {
    icon: IconClockHour4,
    title: 'Treat access tokens as short-lived credentials.',
    text: 'Don’t store them long term; refresh them instead.',
  },
  { icon: IconRefresh, title: 'Rotate credentials on a schedule,', text: 'and at once when somebody who had access leaves.' },
];

function Advice() {
  return (
    <section className="b-step">
      <h3>Before you ship</h3>
      <ul className="b-advice">
        {ADVICE.map(({ icon: Icon, title, text }) => (
          <li key={title}>
            <Icon size={16} stroke={1.6} aria-hidden="true" />
            <span>
              <strong>{title}</strong> {text}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
