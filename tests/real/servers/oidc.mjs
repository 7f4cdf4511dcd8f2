// npm's oidc-provider as an application would run it, with its own login and consent pages.
//
//   node oidc.mjs PORT REDIRECT_URI...
//
// Prints one JSON line when it listens, and ends when its standard input closes. With TLS_HOST, TLS_CERT and TLS_KEY
// set it is https://TLS_HOST:PORT, still on 127.0.0.1.
// Clients: `confidential` (secret `correct-horse-battery`, type web), `public` (type native, no secret) and `device` (the
// same, by the device flow); more can register. Access tokens live ACCESS_TOKEN_SECONDS.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The packages live in the installed folder, this file in the repository.
const installed = createRequire(join(process.env.REAL_SERVERS, 'package.json'));
const { default: Provider } = await import(pathToFileURL(installed.resolve('oidc-provider')).href);

const [port, ...redirect_uris] = process.argv.slice(2);
const { TLS_HOST, TLS_CERT, TLS_KEY, ACCESS_TOKEN_SECONDS } = process.env;
const issuer = TLS_HOST ? `https://${TLS_HOST}:${port}` : `http://127.0.0.1:${port}`;
const code = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], redirect_uris };
const device = {
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
  response_types: [],
  redirect_uris: [],
};

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'confidential', client_secret: 'correct-horse-battery', ...code },
    { client_id: 'public', application_type: 'native', token_endpoint_auth_method: 'none', ...code },
    { client_id: 'device', ...device },
  ],
  cookies: { keys: ['for tests'] },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  pkce: { required: () => true },
  scopes: ['openid', 'offline_access', 'repo', 'read:user'],
  ttl: { AccessToken: Number(ACCESS_TOKEN_SECONDS ?? 3600) },
});

const server = TLS_HOST
  ? createTlsServer({ cert: readFileSync(TLS_CERT), key: readFileSync(TLS_KEY) }, provider.callback())
  : createServer(provider.callback());
server.listen(Number(port), '127.0.0.1', () => {
  console.log(JSON.stringify({ ready: true, issuer }));
});
process.stdin.on('end', () => process.exit(0)).resume();
