import { CSPProvider } from '@base-ui/react/csp-provider';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useSession } from './hooks/use-session';
import { loadDeferredLater } from './lib/deferred';
import { preferences } from './lib/preferences';
import { bringTemporal } from './lib/time/temporal';
import { browserLanguage, showLanguage } from './messages/language';
import { router } from './router';
import { takeFirstAnswers } from './routes/first-queries';
import './styles.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

function App() {
  const { session } = useSession();
  return (
    <QueryClientProvider client={session.client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}

function show(container: HTMLElement): void {
  createRoot(container).render(
    <StrictMode>
      <CSPProvider disableStyleElements>
        <App />
      </CSPProvider>
    </StrictMode>,
  );
}

const { language } = preferences();
void Promise.all([
  bringTemporal(),
  // Without its language the page is English.
  showLanguage(language === 'auto' ? browserLanguage() : language).catch(() => undefined),
  takeFirstAnswers(),
]).then(() => {
  show(root);
  loadDeferredLater();
});
