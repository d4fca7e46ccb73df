import { RotateCw } from 'lucide-react';
import { Button } from './ui/button';

/** Visits the page anew: there a proxy lets people sign in again. */
export function ReloadButton({ className }: { className?: string }) {
  return (
    <Button size="sm" className={className} onClick={() => window.location.reload()}>
      <RotateCw aria-hidden /> Reload the page
    </Button>
  );
}
