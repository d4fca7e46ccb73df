import { FileSpreadsheet, Upload, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/cn';
import { formatSize } from '@/lib/size';
import { t } from '@/messages/later';

interface FileDropProps {
  file: File | null;
  onFile: (file: File | null) => void;
  disabled: boolean;
}

/** The file: dropped here or chosen. */
export function FileDrop({ file, onFile, disabled }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const chooser = (
    <input
      ref={input}
      type="file"
      accept=".csv,text/csv"
      aria-label={t.import.file}
      disabled={disabled}
      // The button beside it opens it: it is no stop of its own.
      tabIndex={-1}
      className="sr-only"
      onChange={(event) => {
        const [chosen] = event.currentTarget.files ?? [];
        if (chosen) onFile(chosen);
        // The same file, corrected, may be chosen again.
        event.currentTarget.value = '';
      }}
    />
  );

  if (file) {
    return (
      <div className="flex items-center gap-3 rounded-xl bg-accent px-4 py-3">
        <FileSpreadsheet aria-hidden className="size-6 shrink-0 text-accent-foreground" />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm font-medium">{file.name}</p>
          <p className="text-[0.8125rem] text-muted-foreground">{formatSize(file.size)}</p>
        </div>
        {chooser}
        <Button size="sm" variant="ghost" disabled={disabled} onClick={() => input.current?.click()}>
          {t.import.replace}
        </Button>
        <Button
          size="icon-sm"
          variant="ghost"
          aria-label={t.import.remove}
          disabled={disabled}
          onClick={() => onFile(null)}
        >
          <X aria-hidden />
        </Button>
      </div>
    );
  }

  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [dropped] = event.dataTransfer.files;
        if (dropped) onFile(dropped);
      }}
      className={cn(
        'flex flex-col items-center rounded-xl border-2 border-dashed px-6 py-10 text-center transition-colors',
        over && 'border-primary bg-accent',
      )}
    >
      <Upload aria-hidden className="size-7 text-muted-foreground" />
      <p className="mt-3 text-sm font-medium">{t.import.drop}</p>
      <p className="mt-1 text-[0.8125rem] text-balance text-muted-foreground">{t.import.dropHint}</p>
      {chooser}
      <Button className="mt-4" disabled={disabled} onClick={() => input.current?.click()}>
        {t.import.choose}
      </Button>
    </div>
  );
}
