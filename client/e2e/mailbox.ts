/** A mail server that takes messages from an authenticated client over TLS alone, and keeps them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { expect } from './app';

const USER = 'clockwork';
const MAIL_PASSWORD = 'of the mail server: 100 %';

/** A message, with what the mail server knows of the connection that it came by. */
export interface Letter extends Email {
  /** The envelope's reader, whatever the header says. */
  reader: string;
  /** The version of TLS; false for a connection in the clear. */
  tls: string | false;
  /** Who has authenticated. */
  user: string | undefined;
}

export interface Mailbox {
  /** What the server needs to know to send mail here. */
  settings: Record<string, string>;
  /** All messages so far, the oldest first. */
  letters: readonly Letter[];
  /** The newest message to an address about something; waits until there are this many. */
  letter: (reader: string, subject: RegExp, count?: number) => Promise<Letter>;
  close: () => Promise<void>;
}

/** An authority, and a certificate of it for localhost. */
function certify(directory: string): { authority: string; key: Buffer; cert: Buffer } {
  const make = (name: string, ...args: string[]) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
        ...['-keyout', `${name}.key`, '-out', `${name}.pem`, ...args],
      ],
      { cwd: directory, stdio: 'ignore' },
    );
  make('authority');
  make(
    'localhost',
    ...['-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:localhost'],
  );
  const read = (file: string) => readFileSync(path.join(directory, file));
  return {
    authority: path.join(directory, 'authority.pem'),
    key: read('localhost.key'),
    cert: read('localhost.pem'),
  };
}

/** Starts a mail server. */
export async function openMailbox(): Promise<Mailbox> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clockwork-mail-'));
  const { authority, key, cert } = certify(directory);
  const letters: Letter[] = [];
  const server = new SMTPServer({
    key,
    cert,
    // Before STARTTLS it offers no authentication, and without authentication it takes nothing.
    allowInsecureAuth: false,
    authOptional: false,
    disableReverseLookup: true,
    onAuth: ({ username, password }, _, done) =>
      username === USER && password === MAIL_PASSWORD
        ? done(null, { user: username })
        : done(new Error('wrong credentials')),
    onData: (stream, { envelope, secure, tlsOptions, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        PostalMime.parse(Buffer.concat(chunks)).then(
          (email) => {
            const tls = secure && tlsOptions ? String(tlsOptions.version) : false;
            for (const { address } of envelope.rcptTo)
              letters.push({ ...email, reader: address, tls, user: user as string | undefined });
            done();
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  const credentials = `${USER}:${encodeURIComponent(MAIL_PASSWORD)}`;
  return {
    settings: {
      SMTP_URL: `smtp://${credentials}@localhost:${port}`,
      SMTP_CA_FILE: authority,
      EMAIL_FROM: 'Clockwork <clockwork@example.org>',
    },
    letters,
    letter: async (reader, subject, count = 1) => {
      const found = () =>
        letters.filter((letter) => letter.reader === reader && subject.test(letter.subject ?? ''));
      const message = `mail for ${reader} about ${String(subject)}`;
      await expect.poll(() => found().length, { message, timeout: 30_000 }).toBeGreaterThanOrEqual(count);
      const newest = found().at(-1);
      if (newest === undefined) throw new Error(message);
      return newest;
    },
    close: async () => {
      await new Promise<void>((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The link to a page in the text of a message. */
export function linkIn({ text = '' }: Email, page: string): string {
  const [link] = new RegExp(`https?://\\S+/${page}\\S*`).exec(text) ?? [];
  if (link === undefined) throw new Error(`no link to ${page} in:\n${text}`);
  return link;
}
