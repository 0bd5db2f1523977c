import type { Client, ClientSettings } from '@behalf/domain';
import { Button } from '@mantine/core';
import { Note } from '../../ui/note.js';
import { SETTING_LABELS, versionTexts } from './setting-text.js';
import { changesBetween, type Edit, settingsOf } from './use-edit.js';
import { useTeamNames } from './use-team-names.js';

/** Somebody saved in between: both versions side by side, and neither is lost without a word. */
export function ConflictNote({ edit, theirs }: { edit: Edit; theirs: Client }) {
  const now = settingsOf(theirs);
  const same = Object.keys(changesBetween(settingsOf(edit.base), now)).length === 0;
  return (
    <div className="b-drawer-note b-conflict" role="alert">
      <Note tone="warning" title="Someone else changed this client meanwhile">
        {same && 'Its settings are the same as before; only its status or secret changed.'}
        <Versions edit={edit} now={now} />
        <div className="b-note-actions">
          <Button variant="default" onClick={() => edit.resolve(theirs, { ...now, ...edit.changes })}>
            Keep mine
          </Button>
          <Button variant="default" onClick={() => edit.resolve(theirs, now)}>
            Take theirs
          </Button>
          <span className="b-help">Mine keeps what you changed on top of theirs. Nothing is saved yet.</span>
        </div>
      </Note>
    </div>
  );
}

/** Every setting that either of the two changed. */
function Versions({ edit, now }: { edit: Edit; now: ClientSettings }) {
  const teams = useTeamNames();
  const before = settingsOf(edit.base);
  const names = Object.keys({ ...changesBetween(before, now), ...edit.changes }) as (keyof ClientSettings)[];
  const isChanged = (name: keyof ClientSettings, settings: ClientSettings) => name in changesBetween(before, settings) || undefined;
  return (
    <div className="b-versions" tabIndex={0} role="region" aria-label="Both versions">
      <table>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Mine</th>
            <th scope="col">Theirs</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const typed = name in edit.changes ? edit.settings : before;
            const [mine, theirs] = versionTexts(name, typed[name], now[name], teams);
            return (
              <tr key={name}>
                <th scope="row">{SETTING_LABELS[name]}</th>
                <td data-changed={isChanged(name, typed)}>{mine}</td>
                <td data-changed={isChanged(name, now)}>{theirs}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
