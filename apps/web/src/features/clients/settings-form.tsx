import { NoticeNote } from './notice-note.js';
import { Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { LifetimeField } from './lifetime-field.js';
import { RadioCards } from './radio-cards.js';
import { RedirectUris } from './redirect-uris.js';
import { RefreshWarning } from './refresh-warning.js';
import { TeamRestrictionsField } from './team-restrictions-field.js';
import type { SettingsState } from './use-settings.js';

/** The six sections, in the order of the document. */
export function SettingsForm({ form, editing = false }: { form: SettingsState; editing?: boolean }) {
  const { values, set, errorAt, judge } = form;
  const confidential = values.client_type === 'confidential';
  return (
    <>
      <Section title="Details" text="Its name, and how it proves who it is.">
        <TextInput
          label="Client name"
          description="Users see it when they consent."
          placeholder="backend-service"
          data-autofocus={editing ? undefined : true}
          data-pointer="/client_name"
          value={values.client_name}
          error={errorAt('/client_name')}
          onChange={(event) => set('client_name', event.currentTarget.value)}
          onBlur={() => values.client_name !== '' && judge('/client_name')}
        />
        <Switch
          className="b-switch-row"
          label="Require client secret"
          description={
            editing
              ? 'Fixed when the client was created.'
              : 'On for a server that can store a secret. Off for mobile, browser and CLI apps, which send a PKCE code_verifier instead.'
          }
          checked={confidential}
          disabled={editing}
          onChange={(event) => {
            set('client_type', event.currentTarget.checked ? 'confidential' : 'public');
            if (!event.currentTarget.checked) set('resource_server', false);
          }}
        />
        {!confidential && (
          <NoticeNote>
            The integration must send a <code className="b-mono">code_verifier</code> when it exchanges the code. Use a public client only for trusted
            client-side or local applications.
          </NoticeNote>
        )}
        {confidential && (
          <Switch
            className="b-switch-row"
            label="Resource server"
            description="On for an API of yours that checks other clients' tokens: it may introspect every token of the organization."
            data-pointer="/resource_server"
            checked={values.resource_server}
            onChange={(event) => set('resource_server', event.currentTarget.checked)}
          />
        )}
      </Section>

      <Section title="Client type" text="Whose permissions the application uses.">
        <RadioCards
          label="Client type"
          hidden
          value={values.app_type}
          onChange={() => undefined}
          options={[
            { value: 'user_authorized', title: 'User-authorized app', text: 'Acts as the user who signs in.' },
            { value: 'service_to_service', title: 'Service to service', text: 'Acts as a team.', badge: 'Coming soon' },
          ]}
        />
      </Section>

      <Section title="Team access" text="How many teams a user picks, and from which.">
        <RadioCards
          label="Team selection"
          value={values.team_selection}
          onChange={(value) => set('team_selection', value)}
          options={[
            { value: 'single', title: 'Single team', text: 'The user picks exactly one.' },
            { value: 'multiple', title: 'Multiple teams', text: 'The user picks any of theirs.' },
          ]}
        />
        <TeamRestrictionsField value={values.team_restrictions} onChange={(value) => set('team_restrictions', value)} error={errorAt('/team_restrictions')} />
      </Section>

      <Section title="Access permissions" text="The most the application may do, within the user’s own permissions.">
        <RadioCards
          label="Access permissions"
          hidden
          value={values.access_preset}
          onChange={(value) => set('access_preset', value)}
          options={[
            { value: 'read_only', title: 'Read-only access', text: 'Reads data, changes nothing.' },
            { value: 'full_access', title: 'Full access', text: 'Acts with all the user may do.' },
          ]}
        />
        {values.access_preset === 'full_access' && (
          <NoticeNote tone="warning">
            The application can modify and delete data on the user’s behalf, not just read it. Grant it only when the integration needs to write.
          </NoticeNote>
        )}
      </Section>

      <Section title="Token settings" text="How long access lasts before it must be renewed or granted again.">
        <Block title="Access token" text="Calls Behalf APIs. Once expired, it is renewed or the user signs in again.">
          <LifetimeField
            kind="Access"
            seconds={values.access_token_lifetime_seconds}
            error={errorAt('/access_token_lifetime_seconds')}
            onChange={(seconds) => set('access_token_lifetime_seconds', seconds)}
            onBlur={() => judge('/access_token_lifetime_seconds')}
          />
        </Block>
        <Block title="Refresh token" text="Renews access without asking the user again. Recommended for automation.">
          <Switch
            label="Issue a refresh token"
            checked={values.issue_refresh_token}
            onChange={(event) => {
              set('issue_refresh_token', event.currentTarget.checked);
              form.clear('/refresh_token_lifetime_seconds');
            }}
          />
          {values.issue_refresh_token && (
            <>
              <LifetimeField
                kind="Refresh"
                seconds={values.refresh_token_lifetime_seconds}
                error={errorAt('/refresh_token_lifetime_seconds')}
                onChange={(seconds) => set('refresh_token_lifetime_seconds', seconds)}
                onBlur={() => judge('/refresh_token_lifetime_seconds')}
              />
              <RefreshWarning seconds={values.refresh_token_lifetime_seconds} />
            </>
          )}
        </Block>
      </Section>

      <Section title="Allowed redirect URIs" text="HTTPS only, except http://localhost and http://127.0.0.1. No wildcards.">
        <RedirectUris form={form} />
      </Section>
    </>
  );
}

function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <fieldset className="b-section">
      <legend>{title}</legend>
      <p className="b-section-text">{text}</p>
      {children}
    </fieldset>
  );
}

function Block({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <fieldset className="b-block">
      <legend>{title}</legend>
      <p className="b-block-text">{text}</p>
      {children}
    </fieldset>
  );
}
