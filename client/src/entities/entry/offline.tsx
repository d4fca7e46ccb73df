/** What goes on without a connection: changes are kept, and that is said. Loaded after the page is shown. */
import { OfflineBanner } from './offline-banner';
import { useKeepUnsent } from './use-unsent';

export function Offline() {
  useKeepUnsent();
  return <OfflineBanner />;
}
