import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import { PageError } from '@/api/errors';
import { t } from '@/messages/account';

const SAID_MS = 2_000;

interface CopyButtonProps {
  text: string;
  label: string;
  onCopied?: () => void;
}

/** Puts a secret on the clipboard. Where a browser forbids it, the text can be selected beside the button. */
export function CopyButton({ text, label, onCopied }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      onCopied?.();
    } catch {
      // Also where the page did not come over TLS: there is no clipboard then.
      toast.error(new PageError(t.copy.failed));
    }
  };
  return (
    <Button onClick={() => void copy()}>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{copied ? t.copy.done : label}</span>
    </Button>
  );
}
