import type { Client } from '@behalf/domain';
import { useCallback, useState } from 'react';

/** Clients that are checked, by id; they stay so when the list is filtered or refreshed. */
export function useSelection() {
  const [chosen, choose] = useState<ReadonlyMap<string, Client>>(new Map());
  const change = useCallback(
    (clients: readonly Client[], checked: boolean) =>
      choose((before) => {
        const after = new Map(before);
        for (const client of clients)
          if (checked) after.set(client.client_id, client);
          else after.delete(client.client_id);
        return after;
      }),
    [],
  );
  return {
    size: chosen.size,
    chosen: [...chosen.values()],
    has: ({ client_id }: Client) => chosen.has(client_id),
    change,
    drop: (client_ids: readonly string[]) =>
      choose((before) => new Map([...before].filter(([client_id]) => !client_ids.includes(client_id)))),
    clear: () => choose(new Map()),
  };
}

export type Selection = ReturnType<typeof useSelection>;
