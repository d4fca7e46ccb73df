import { useEffect, useState } from 'react';

/** The token behind the `#` of a link; it is taken out of the address, so that it stays in no history. */
export function useHashToken(): string {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');
  useEffect(() => {
    if (token === '') return;
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  }, [token]);
  return token;
}
