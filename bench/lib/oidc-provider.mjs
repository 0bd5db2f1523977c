// The peer: oidc-provider with its defaults but for what makes it do the same work, in memory or on PostgreSQL.
import Provider from 'oidc-provider';
import { memoryAdapter } from './oidc-memory-adapter.mjs';
import { postgresAdapter } from './oidc-postgres-adapter.mjs';

const { PORT, ISSUER, DATABASE_URL, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI } = process.env;
const HOUR_SECONDS = 3600;

const provider = new Provider(ISSUER, {
  adapter: DATABASE_URL ? await postgresAdapter(DATABASE_URL) : memoryAdapter(),
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  scopes: ['openid', 'read'],
  claims: { openid: ['sub', 'email'] },
  cookies: { keys: ['a key for the bench'] },
  features: { devInteractions: { enabled: false }, introspection: { enabled: true }, revocation: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@acme.example` }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: {
    AccessToken: HOUR_SECONDS,
    AuthorizationCode: 60,
    RefreshToken: 24 * HOUR_SECONDS,
    Session: HOUR_SECONDS,
    Grant: 24 * HOUR_SECONDS,
    IdToken: HOUR_SECONDS,
  },
});

// Sign-in and consent at once, each as another user; the bench measures what comes after them.
let users = 0;
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = `user${(users += 1)}`;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope('openid read');
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
});

provider.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
