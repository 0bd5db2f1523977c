import { isSameResource } from '@behalf/domain';
import { Switch, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { nameTakenQuery } from '../../lib/resources.js';
import { Note } from '../../ui/note.js';
import { FormSection } from './form-section.js';
import { RemovedResources } from './removed-resources.js';
import { type SettingsForm, withoutBlankLines } from './use-settings.js';

interface Props {
  readonly form: SettingsForm;
  readonly editing: string | undefined;
}

/** The client's name, and how it proves who it is. */
export function DetailsSection({ form, editing }: Props) {
  const confidential = form.values.client_type === 'confidential';
  return (
    <FormSection title="Details" text="Its name, and how it proves who it is.">
      <NameField form={form} editing={editing} />
      <Switch
        className="b-switch-row"
        label="Require client secret"
        description={
          editing === undefined
            ? 'On for a server that can store a secret. Off for mobile, browser and CLI apps, which send a PKCE code_verifier instead.'
            : 'Fixed when the client was created.'
        }
        checked={confidential}
        disabled={editing !== undefined}
        onChange={({ currentTarget: { checked } }) => {
          form.setFieldValue('client_type', checked ? 'confidential' : 'public');
          if (!checked) setResourceServer(form, false);
        }}
      />
      <div aria-live="polite" className="b-appearing">
        {!confidential && (
          <Note tone="info">
            The integration must send a <code className="b-mono">code_verifier</code> when it exchanges the code. Use a public client only
            for trusted client-side or local applications.
          </Note>
        )}
      </div>
      {confidential && (
        <Switch
          className="b-switch-row"
          label="Resource server"
          description="On for an API of yours that checks other clients’ tokens: it may introspect every token of the organization."
          checked={form.values.resource_server}
          onChange={({ currentTarget: { checked } }) => setResourceServer(form, checked)}
        />
      )}
      {form.values.resource_server && <Resources form={form} />}
      <div role="status">
        <RemovedResources resources={removedFrom(form)} />
      </div>
    </FormSection>
  );
}

/** What only a resource server has goes with the mark. */
function setResourceServer(form: SettingsForm, on: boolean): void {
  form.setFieldValue('resource_server', on);
  if (!on) form.setFieldValue('resources', []);
}

function removedFrom(form: SettingsForm): string[] {
  return form.getInitialValues().resources.filter((uri) => !form.values.resources.some((left) => isSameResource(left, uri)));
}

/** The identifiers of its API, one a line. */
function Resources({ form }: { form: SettingsForm }) {
  const { resources } = form.values;
  const fault = Object.entries(form.errors).find(([path]) => /^resources(\.|$)/.test(path));
  return (
    <Textarea
      label="Resources"
      description="The addresses of the API, one a line. Clients can ask for tokens that work there alone, and every other API refuses those."
      placeholder="https://api.company.com"
      autosize
      minRows={2}
      spellCheck={false}
      autoComplete="off"
      value={resources.join('\n')}
      error={fault?.[1]}
      onChange={({ currentTarget: { value } }) => {
        form.setFieldValue('resources', value === '' ? [] : value.split('\n'));
        if (fault) form.clearFieldError(fault[0]);
      }}
      onBlur={() => {
        form.setFieldValue('resources', withoutBlankLines(resources));
      }}
    />
  );
}

const TYPING_PAUSE_MILLISECONDS = 400;

function NameField({ form, editing }: Props) {
  const name = form.values.client_name;
  const [settled] = useDebouncedValue(name, TYPING_PAUSE_MILLISECONDS);
  const { data } = useQuery({ ...nameTakenQuery(settled), enabled: settled !== '' && settled !== editing });
  // A name need not be unique, but two of one name are easily mixed up.
  const taken = name === settled && data?.items.some(({ client_name }) => client_name === name);
  return (
    <div>
      <TextInput
        label="Client name"
        description="Users see it when they consent."
        placeholder="backend-service"
        data-autofocus={editing === undefined || undefined}
        autoComplete="off"
        {...form.getInputProps('client_name')}
        onBlur={() => name !== '' && form.validateField('client_name')}
      />
      <div role="status">{taken && <p className="b-help">Another client has this name. That is allowed, but easily mixed up.</p>}</div>
    </div>
  );
}
