import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the server; the built client is served by the server itself.
const server = process.env.VITE_SERVER_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
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
});
