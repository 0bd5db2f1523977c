import { type ClientSettings, REFRESH_TOKEN_LIFETIME, refreshLifetimeWhenOff, refreshTokenWarning } from '@behalf/domain';
import { Switch } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Note } from '../../ui/note.js';
import { DetailsSection } from './details-section.js';
import { FormSection } from './form-section.js';
import { LifetimeField } from './lifetime-field.js';
import { RadioCards } from './radio-cards.js';
import { RedirectUris } from './redirect-uris.js';
import { TeamRestrictionsField } from './team-restrictions-field.js';
import type { SettingsForm } from './use-settings.js';

interface Props {
  readonly form: SettingsForm;
  /** The settings until now; undefined for a new client, whose type is still open. */
  readonly stored?: ClientSettings;
}

/** The six sections, in the order of the document. */
export function SettingsFields({ form, stored }: Props) {
  return (
    <>
      <DetailsSection form={form} editing={stored?.client_name} />
      <FormSection title="Client type" text="Whose permissions the application uses.">
        <RadioCards
          label="Client type"
          hidden
          value={form.values.app_type}
          onChange={(app_type) => form.setFieldValue('app_type', app_type)}
          options={[
            { value: 'user_authorized', title: 'User-authorized app', text: 'Acts as the user who signs in.' },
            { value: 'service_to_service', title: 'Service to service', text: 'Acts as a team.', badge: 'Coming soon' },
          ]}
        />
      </FormSection>
      <FormSection title="Team access" text="How many teams a user picks, and from which.">
        <RadioCards
          label="Team selection"
          value={form.values.team_selection}
          onChange={(team_selection) => form.setFieldValue('team_selection', team_selection)}
          options={[
            { value: 'single', title: 'Single team', text: 'The user picks exactly one.' },
            { value: 'multiple', title: 'Multiple teams', text: 'The user picks any of theirs.' },
          ]}
        />
        <TeamRestrictionsField form={form} />
      </FormSection>
      <AccessSection form={form} />
      <TokenSection form={form} stored={stored} />
      <FormSection title="Allowed redirect URIs" text="HTTPS only, except http://localhost and http://127.0.0.1. No wildcards.">
        <RedirectUris form={form} />
        <Switch
          className="b-switch-row"
          label="Require pushed authorization requests"
          description="On where the integration sends its requests to the server first (RFC 9126). Requests that a browser brings are refused then."
          {...form.getInputProps('require_pushed_authorization_requests', { type: 'checkbox' })}
        />
        <Switch
          className="b-switch-row"
          label="Require DPoP"
          description="On where the integration signs its requests with a key of its own (RFC 9449). Token requests without a proof are refused then, and what it gets is worth nothing without that key."
          {...form.getInputProps('dpop_bound_access_tokens', { type: 'checkbox' })}
        />
        <Switch
          className="b-switch-row"
          label="Device authorization"
          description="On for a display, console or command line without a browser: it shows a code, and the user enters it elsewhere (RFC 8628). It needs no redirect URI."
          {...form.getInputProps('device_authorization', { type: 'checkbox' })}
        />
      </FormSection>
    </>
  );
}

function AccessSection({ form }: Props) {
  const { access_preset } = form.values;
  return (
    <FormSection title="Access permissions" text="The most the application may do, within the user’s own permissions.">
      <RadioCards
        label="Access permissions"
        hidden
        value={access_preset}
        onChange={(preset) => form.setFieldValue('access_preset', preset)}
        options={[
          { value: 'read_only', title: 'Read-only access', text: 'Reads data, changes nothing.' },
          { value: 'full_access', title: 'Full access', text: 'Acts with all the user may do.' },
        ]}
      />
      <div aria-live="polite" className="b-appearing">
        {access_preset === 'full_access' && (
          <Note tone="warning">
            The application can modify and delete data on the user’s behalf, not just read it. Grant it only when the integration needs to
            write.
          </Note>
        )}
      </div>
    </FormSection>
  );
}

function TokenSection({ form, stored }: { form: SettingsForm; stored: ClientSettings | undefined }) {
  const { issue_refresh_token, refresh_token_lifetime_seconds } = form.values;
  const issue = (on: boolean) => {
    form.setFieldValue('issue_refresh_token', on);
    // A field that is not shown must not be at fault.
    if (!on) {
      const kept = refreshLifetimeWhenOff(refresh_token_lifetime_seconds, stored?.refresh_token_lifetime_seconds);
      form.setFieldValue('refresh_token_lifetime_seconds', kept);
    }
    form.clearFieldError('refresh_token_lifetime_seconds');
  };
  return (
    <FormSection title="Token settings" text="How long access lasts before it must be renewed or granted again.">
      <Block title="Access token" text="Calls Behalf APIs. Once expired, it is renewed or the user signs in again.">
        <LifetimeField kind="Access" form={form} />
      </Block>
      <Block title="Refresh token" text="Renews access without asking the user again. Recommended for automation.">
        <Switch label="Issue a refresh token" checked={issue_refresh_token} onChange={(event) => issue(event.currentTarget.checked)} />
        {issue_refresh_token && (
          <>
            <LifetimeField kind="Refresh" form={form} />
            <RefreshWarning seconds={refresh_token_lifetime_seconds} />
          </>
        )}
      </Block>
    </FormSection>
  );
}

const TONES = { informational: 'info', security_warning: 'warning', high_severity: 'danger' } as const;

/** What a refresh lifetime means; it grows with the lifetime, never blocks, and stays while the next one is typed. */
function RefreshWarning({ seconds }: { seconds: number }) {
  const [last, setLast] = useState<number>(REFRESH_TOKEN_LIFETIME.default);
  const told = seconds > 0 ? seconds : last;
  if (told !== last) setLast(told);
  const { risk, title, text } = refreshTokenWarning(told);
  return (
    <div role="status">
      <Note tone={TONES[risk]} title={title}>
        {text}
      </Note>
    </div>
  );
}

function Block({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <fieldset className="b-block">
      <legend>{title}</legend>
      <p className="b-section-text">{text}</p>
      {children}
    </fieldset>
  );
}
