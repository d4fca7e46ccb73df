import { RotateCw } from 'lucide-react';
import { Button } from './ui/button';
import { t } from '@/messages/first';

/** Visits the page anew: there a proxy lets people sign in again. */
export function ReloadButton({ className }: { className?: string }) {
  return (
    <Button size="sm" className={className} onClick={() => window.location.reload()}>
      <RotateCw aria-hidden /> {t.action.reloadPage}
    </Button>
  );
}
