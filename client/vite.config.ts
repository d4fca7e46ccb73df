import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { minifySync, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the server; the built client is served by the server itself.
const server = process.env.VITE_SERVER_URL ?? 'http://127.0.0.1:8080';

/** Writes smaller copies beside scripts and styles, which the server sends instead of compressing again for each request. */
function smallerCopies(): Plugin {
  return {
    name: 'smaller-copies',
    apply: 'build',
    writeBundle({ dir = 'dist' }, bundle) {
      for (const name of Object.keys(bundle)) {
        // The page is written anew for each answer, and fonts are compressed.
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const content = readFileSync(join(dir, name));
        for (const [extension, copy] of [
          ['br', brotliCompressSync(content)],
          ['gz', gzipSync(content, { level: 9 })],
        ] as const) {
          // Below that the headers weigh more.
          if (content.length >= 1024 && copy.length < content.length)
            writeFileSync(join(dir, `${name}.${extension}`), copy);
        }
      }
    },
  };
}

/** The script of `public`, which stands in the page before all others and is no part of the bundle, without comments and blanks. */
function smallerPublicScript(): Plugin {
  let file = '';
  return {
    name: 'smaller-public-script',
    apply: 'build',
    configResolved: ({ root, build }) => {
      file = join(root, build.outDir, 'early.js');
    },
    closeBundle() {
      const { code, errors } = minifySync('early.js', readFileSync(file, 'utf8'), {
        compress: true,
        mangle: true,
      });
      if (errors.length > 0) this.error(`early.js: ${errors.map(({ message }) => message).join('; ')}`);
      writeFileSync(file, code);
    },
  };
}

/**
 * What the scripts of the first page may weigh, compressed, in bytes: what opens on a click is `deferred()`. Of it, 300 are what the list
 * says when its next page cannot be loaded, which comes where the network is bad, and that a tab stays in its workspace; 300 are durations in
 * what a screen reader says, times by the person's clock, and whose use of a project is told.
 */
const FIRST_PAGE = 158_100;

/** Fails the build when something heavy has found its way into the first page. */
function weighFirstPage(): Plugin {
  return {
    name: 'weigh-first-page',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const entry = chunks.find((chunk) => chunk.isEntry && chunk.facadeModuleId?.endsWith('index.html'));
      const names = new Set(entry ? [entry.fileName] : []);
      // A set that grows while it is walked is walked to its new end.
      for (const name of names) {
        for (const imported of chunks.find((chunk) => chunk.fileName === name)?.imports ?? [])
          names.add(imported);
      }
      const weight = chunks
        .filter((chunk) => names.has(chunk.fileName))
        .reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);
      if (!process.env.NO_WEIGH && (weight === 0 || weight > FIRST_PAGE))
        this.error(
          `the scripts of the first page weigh ${weight} bytes compressed; at most ${FIRST_PAGE} are allowed`,
        );
      this.info(`the scripts of the first page weigh ${weight} bytes compressed`);
    },
  };
}

/** What the pages of signing in, accounts and members share: small parts, which are one file. */
function isAccountPart(id: string): boolean {
  return /src\/(components\/(attempt-error|auth-card|copy-button|password-input|section)|entities\/me\/workspaces|hooks\/use-wait|features\/account\/(components\/(code-field|fields|providers)|hooks\/use-(hash-token|sign-out)))\.tsx?$/.test(
    id,
  );
}

/** What most people open first: the pickers, and what is suggested; and live updates. Fetched when the page is idle. */
function isPicker(id: string): boolean {
  return /src\/(entities\/(entry\/(category-picker\/category-panel|live|offline)|me\/use-settings)|features\/timer\/components\/suggesting-input)\.tsx?$/.test(
    id,
  );
}

/** Everything else that opens on a page. Fetched when the person begins to use the page. */
function isPopup(id: string): boolean {
  return /src\/(components\/(ui\/(menu-panel|popover-panel|tooltip-bubble|toaster|form-dialog|confirm-dialog|switch|switch-field|field)|shell\/(help-dialog|not-found-page)|confirm-action|delete-dialog|date-input)|entities\/(money\/(keys|queries)|me\/role-rules|catalog\/tag-panel)|lib\/money|api\/listed|entities\/entry\/(entry-editor|split-dialog|time-fields)|features\/(entries\/components\/(dialogs|filter-panel|filter-chips|bulk-bar|row-menu-panel)|palette\/components\/palette|timer\/components\/(running-panel|forgotten-notice|changed-elsewhere)))\.tsx?$/.test(
    id,
  );
}

export default defineConfig(({ command }) => ({
  // The build names its files relative to each other; the server writes into the page below which path it is published.
  base: command === 'build' ? './' : '/',
  plugins: [react(), tailwindcss(), weighFirstPage(), smallerCopies(), smallerPublicScript()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    // Beside the client, tests read the contract and the server's tables of errors and of capabilities.
    fs: {
      allow: [
        '.',
        '../crates/server/src/error',
        '../crates/core/src/import',
        '../crates/core/src/access',
        '../docs',
      ],
    },
    proxy: Object.fromEntries(
      ['/api', '/healthz', '/livez', '/readyz', '/version'].map((path) => [path, { target: server }]),
    ),
  },
  // The server puts a new nonce in its place with each answer, and the policy beside it lets in no script without.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    // Every asset is a file of its own, so that a strict Content-Security-Policy needs no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Few files: each costs a round trip, and small ones compress badly.
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 3 },
            { name: 'pickers', test: isPicker, priority: 2 },
            { name: 'popups', test: isPopup, priority: 1 },
            { name: 'account', test: isAccountPart, priority: 0 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
    css: false,
    // A busy machine is no failure.
    testTimeout: 30_000,
  },
}));
