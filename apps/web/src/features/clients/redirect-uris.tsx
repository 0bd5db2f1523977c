import { REDIRECT_URI_EXAMPLES, REDIRECT_URIS_MAX } from '@behalf/domain';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { newRedirectUri, type SettingsState } from './use-settings.js';

/** One field a URI, each judged when it is left; examples fill the first empty one. */
export function RedirectUris({ form }: { form: SettingsState }) {
  const uris = form.values.redirect_uris;
  const change = (next: typeof uris) => form.set('redirect_uris', next);
  const write = (index: number, uri: string) => {
    change(uris.map((each, place) => (place === index ? { ...each, uri } : each)));
  };
  const fill = (uri: string) => {
    const empty = uris.findIndex((each) => each.uri === '');
    if (empty >= 0) write(empty, uri);
    else if (uris.length < REDIRECT_URIS_MAX) change([...uris, newRedirectUri(uri)]);
  };
  return (
    <>
      {uris.map(({ key, uri }, index) => (
        <div className="b-uri" key={key}>
          <TextInput
            label={`Redirect URI ${index + 1}`}
            placeholder="https://"
            type="url"
            spellCheck={false}
            autoComplete="off"
            data-pointer={`/redirect_uris/${index}`}
            value={uri}
            error={form.errorAt(`/redirect_uris/${index}`)}
            onChange={(event) => write(index, event.currentTarget.value)}
            onBlur={() => uri !== '' && form.judge(`/redirect_uris/${index}`)}
          />
          <ActionIcon
            size={32}
            aria-label={`Remove redirect URI ${index + 1}`}
            disabled={uris.length === 1 && uri === '' && !form.values.resource_server}
            onClick={() => change(uris.length === 1 && !form.values.resource_server ? [newRedirectUri()] : uris.filter((each) => each.key !== key))}
          >
            <IconX size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      {form.errorAt('/redirect_uris') && (
        <p className="b-section-text" data-pointer="/redirect_uris" style={{ margin: 0, color: 'var(--mantine-color-error)' }}>
          {form.errorAt('/redirect_uris')}
        </p>
      )}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={15} stroke={1.6} />}
          disabled={uris.length >= REDIRECT_URIS_MAX}
          onClick={() => change([...uris, newRedirectUri()])}
        >
          Add redirect URI
        </Button>
      </div>
      <ul className="b-examples" aria-label="Format examples">
        {REDIRECT_URI_EXAMPLES.map(({ label, uri }) => (
          <li key={uri}>
            {label}
            <button type="button" className="b-mono" onClick={() => fill(uri)} aria-label={`Use ${uri}`}>
              {uri}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
