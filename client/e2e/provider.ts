/** A provider of single sign-on: oidc-provider, which is certified for OpenID Connect, with pages of its own. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

const CLIENT_ID = 'clockwork-e2e';
const SECRET = 'the secret of the client, with a + and 100 %';
const NAME = 'corp';

/** Whom the provider knows. */
export interface Person {
  name: string;
  email: string;
  verified?: boolean;
}

export interface SignOn {
  issuer: string;
  /** What the server needs to know of it. */
  settings: Record<string, string>;
  /** Errors of the provider that no page has asked for. */
  failures: readonly string[];
  /** How often the provider has told the server of a session's end (back-channel logout). */
  endings: () => number;
  close: () => Promise<void>;
}

const page = (title: string, content: string) =>
  `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${content}</html>`;

/** The pages for signing in: each person a button, and one to go back. */
async function interact(
  provider: Provider,
  people: Readonly<Record<string, Person>>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { prompt } = await provider.interactionDetails(req, res);
  if (prompt.name !== 'login') throw new Error(`an unexpected prompt: ${prompt.name}`);
  if (req.method === 'GET') {
    const buttons = Object.entries(people).map(
      ([id, { name }]) => `<button name="as" value="${id}">${name}</button>`,
    );
    const cancel = '<button name="as" value="">Cancel</button>';
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(page('Corporate login', `<form method="post">${buttons.join(' ')} ${cancel}</form>`));
    return;
  }
  let body = '';
  for await (const chunk of req) body += String(chunk);
  const accountId = new URLSearchParams(body).get('as') ?? '';
  await provider.interactionFinished(
    req,
    res,
    accountId === ''
      ? { error: 'access_denied', error_description: 'The user has cancelled.' }
      : { login: { accountId } },
  );
}

function configuration(site: string, people: Readonly<Record<string, Person>>): Configuration {
  const path = `/api/auth/sign-on/${NAME}`;
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: SECRET,
        redirect_uris: [`${site}${path}/callback`],
        post_logout_redirect_uris: [`${site}/sign-in`],
        backchannel_logout_uri: `${site}${path}/logout`,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['only of this test'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        postLogoutSuccessSource: (ctx) => {
          ctx.body = page('Signed out of Corporate login', '');
        },
        logoutSource: (ctx, form) => {
          const yes = '<button form="op.logoutForm" name="logout" value="yes">Sign out there too</button>';
          ctx.body = page('Sign out of Corporate login?', `${form}${yes}`);
        },
      },
    },
    // Its own refuses to call addresses of this machine, where the server is (back-channel logout).
    fetch: (url, { method, headers, body, signal, redirect } = {}) =>
      globalThis.fetch(url, { method, headers, body, signal, redirect }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => {
      const person = people[id];
      if (!person) return undefined;
      const { name, email, verified = true } = person;
      return { accountId: id, claims: () => ({ sub: id, name, email, email_verified: verified }) };
    },
    // The company has agreed for its people.
    loadExistingGrant: async (ctx) => {
      const { client, session, provider } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = 'html';
      ctx.body = page('Corporate login failed', `<p>${error}: ${description ?? ''}</p>`);
    },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
  };
}

/** Starts a provider for the server at an address. */
export async function startSignOn(site: string, people: Readonly<Record<string, Person>>): Promise<SignOn> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Another site than the server's: cookies and redirects have to cross over.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(site, people));
  const failures: string[] = [];
  let endings = 0;
  const failed = (what: string) => (_: unknown, error: Error) => failures.push(`${what}: ${error.message}`);
  provider.on('server_error', failed('server'));
  provider.on('grant.error', failed('token'));
  provider.on('userinfo.error', failed('userinfo'));
  provider.on('end_session.error', failed('sign-out'));
  provider.on('backchannel.error', failed('back-channel logout'));
  provider.on('backchannel.success', () => (endings += 1));
  const answer = provider.callback();
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (!req.url?.startsWith('/interaction/')) return void answer(req, res);
    interact(provider, people, req, res).catch((error: unknown) => {
      failures.push(String(error));
      res.writeHead(500).end();
    });
  });
  return {
    issuer,
    settings: {
      PUBLIC_URL: site,
      OIDC_CORP_ISSUER: issuer,
      OIDC_CORP_CLIENT_ID: CLIENT_ID,
      OIDC_CORP_CLIENT_SECRET: SECRET,
      OIDC_CORP_LABEL: 'Corporate login',
    },
    failures,
    endings: () => endings,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
