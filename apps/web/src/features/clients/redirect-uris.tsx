import { REDIRECT_URI_EXAMPLES, REDIRECT_URIS_MAX } from '@behalf/domain';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useRef } from 'react';
import { newRedirectUri, type SettingsForm } from './use-settings.js';

/** One field a URI, each judged when it is left; examples fill the first empty one. */
export function RedirectUris({ form }: { form: SettingsForm }) {
  const { list, full, add, fill, remove } = useRedirectUris(form);
  return (
    <>
      <div className="b-uris" ref={list}>
        {form.values.redirect_uris.map(({ key }, index) => (
          <RedirectUri key={key} form={form} index={index} onRemove={() => remove(index)} />
        ))}
      </div>
      {form.errors['redirect_uris'] && (
        <p className="b-fault" data-fault tabIndex={-1}>
          {form.errors['redirect_uris']}
        </p>
      )}
      <div>
        <Button variant="default" leftSection={<IconPlus size={15} stroke={1.6} />} disabled={full} onClick={() => add('')}>
          Add redirect URI
        </Button>
      </div>
      <Examples onPick={fill} />
    </>
  );
}

/** The list, and the cursor, which follows what is done to it. */
function useRedirectUris(form: SettingsForm) {
  const uris = form.values.redirect_uris;
  const list = useRef<HTMLDivElement>(null);
  const full = uris.length >= REDIRECT_URIS_MAX;
  const focus = (index: number) => requestAnimationFrame(() => list.current?.querySelectorAll('input')[index]?.focus());
  const add = (uri: string) => {
    if (full) return;
    form.insertListItem('redirect_uris', newRedirectUri(uri));
    focus(uris.length);
  };
  const fill = (uri: string) => {
    const empty = uris.findIndex((each) => each.uri === '');
    if (empty < 0) return add(uri);
    form.setFieldValue(`redirect_uris.${empty}.uri`, uri);
    focus(empty);
  };
  const remove = (index: number) => {
    if (uris.length === 1) form.setFieldValue('redirect_uris.0.uri', '');
    else form.removeListItem('redirect_uris', index);
    focus(Math.max(0, index - 1));
  };
  return { list, full, add, fill, remove };
}

function RedirectUri({ form, index, onRemove }: { form: SettingsForm; index: number; onRemove: () => void }) {
  const path = `redirect_uris.${index}.uri`;
  const { uri } = form.values.redirect_uris[index]!;
  const judge = () => {
    if (uri !== '') form.validateField(path);
    // Another field may have been at fault only for being the same as this one.
    form.values.redirect_uris.forEach(
      (_, other) => form.errors[`redirect_uris.${other}.uri`] && form.validateField(`redirect_uris.${other}.uri`),
    );
  };
  return (
    <div className="b-uri">
      <TextInput
        label={`Redirect URI ${index + 1}`}
        placeholder="https://"
        type="url"
        spellCheck={false}
        autoComplete="off"
        {...form.getInputProps(path)}
        onBlur={judge}
      />
      <ActionIcon size={32} aria-label={`Remove redirect URI ${index + 1}`} onClick={onRemove}>
        <IconX size={16} stroke={1.6} />
      </ActionIcon>
    </div>
  );
}

function Examples({ onPick }: { onPick: (uri: string) => void }) {
  return (
    <ul className="b-examples" aria-label="Format examples">
      {REDIRECT_URI_EXAMPLES.map(({ label, uri }) => (
        <li key={uri}>
          <span>{label}</span>
          <button type="button" className="b-mono" onClick={() => onPick(uri)}>
            {uri}
          </button>
        </li>
      ))}
    </ul>
  );
}
