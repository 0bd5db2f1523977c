import pg from 'pg';

/** One row a model, named statements, expiry judged on reading: what a careful team would write for oidc-provider. */
export async function postgresAdapter(connectionString) {
  const pool = new pg.Pool({ connectionString, max: 16 });
  await pool.query(`CREATE TABLE IF NOT EXISTS oidc_model (
    model text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, uid text, consumed_at bigint, expires_at timestamptz,
    PRIMARY KEY (model, id))`);
  await pool.query('CREATE INDEX IF NOT EXISTS oidc_model_grant_idx ON oidc_model (grant_id) WHERE grant_id IS NOT NULL');
  await pool.query('CREATE INDEX IF NOT EXISTS oidc_model_uid_idx ON oidc_model (uid) WHERE uid IS NOT NULL');
  const run = (name, text, values) => pool.query({ name, text, values });
  const payloadOf = ({ rows: [row] }) =>
    row && { ...row.payload, ...(row.consumed_at === null ? {} : { consumed: Number(row.consumed_at) }) };

  return class PostgresAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      await run(
        'upsert',
        `INSERT INTO oidc_model (model, id, payload, grant_id, uid, expires_at) VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
         ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id, uid = excluded.uid, expires_at = excluded.expires_at`,
        [this.model, id, payload, payload.grantId ?? null, payload.uid ?? null, expiresIn ?? null],
      );
    }

    async find(id) {
      const text = `SELECT payload, consumed_at FROM oidc_model WHERE model = $1 AND id = $2 AND (expires_at IS NULL OR expires_at > now())`;
      return payloadOf(await run('find', text, [this.model, id]));
    }

    async findByUid(uid) {
      const text = `SELECT payload, consumed_at FROM oidc_model WHERE model = $1 AND uid = $2 AND (expires_at IS NULL OR expires_at > now())`;
      return payloadOf(await run('uid', text, [this.model, uid]));
    }

    async consume(id) {
      const text = 'UPDATE oidc_model SET consumed_at = extract(epoch FROM now())::bigint WHERE model = $1 AND id = $2';
      await run('consume', text, [this.model, id]);
    }

    async destroy(id) {
      await run('destroy', 'DELETE FROM oidc_model WHERE model = $1 AND id = $2', [this.model, id]);
    }

    async revokeByGrantId(grant_id) {
      await run('revoke', 'DELETE FROM oidc_model WHERE grant_id = $1', [grant_id]);
    }
  };
}
