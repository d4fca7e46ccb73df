import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { saveFile } from '@/api/save-file';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { mayRole } from '@/entities/me/roles';
import { currenciesQuery } from '@/entities/money/queries';
import { usePreferences } from '@/hooks/use-preferences';
import { deferred, useDeferred } from '@/lib/deferred';
import { t } from '@/messages/later';
import { EXPORT_FORMATS, exportPath, type ExportFormat } from '../export';
import type { useReport } from '../hooks/use-report';
import type { PdfOptions } from '../pdf';
import type { ReportSearch } from '../search';

const pdfPart = deferred(() => import('./pdf-dialog'));

interface ExportMenuProps {
  search: ReportSearch;
  report: ReturnType<typeof useReport>;
}

/** What is shown, as a file. */
export function ExportMenu({ search, report }: ExportMenuProps) {
  const { question, role } = report;
  const { duration } = usePreferences();
  const currencies = useQuery({ ...currenciesQuery, enabled: mayRole(role, 'see_amounts') });
  const amounts = (currencies.data?.length ?? 0) > 0;
  const [busy, setBusy] = useState(false);
  const [asksPdf, setAsksPdf] = useState(false);
  const dialog = useDeferred(pdfPart, asksPdf);
  const fetchFile = (format: ExportFormat, pdf?: PdfOptions) => {
    setBusy(true);
    const shown = { search, question, duration, amounts, ...(pdf ? { pdf } : {}) };
    return saveFile(exportPath(format, shown)).finally(() => setBusy(false));
  };
  const save = (format: ExportFormat) => {
    if (format === 'pdf') setAsksPdf(true);
    else fetchFile(format).catch((error: unknown) => toast.error(error, { title: t.reports.export.failed }));
  };
  return (
    <>
      <Menu
        trigger={
          <Button
            variant="ghost"
            className="px-2.5 print:hidden"
            aria-label={t.reports.export.label}
            title={t.reports.export.label}
            aria-busy={busy}
          >
            <Download aria-hidden className={busy ? 'animate-pulse' : undefined} />
          </Button>
        }
        items={EXPORT_FORMATS.map((format) => ({
          label: t.reports.export.formats[format],
          disabled: busy || !report.isReady,
          onClick: () => save(format),
        }))}
      />
      {dialog && (
        <dialog.PdfDialog onSave={(pdf) => fetchFile('pdf', pdf)} onClose={() => setAsksPdf(false)} />
      )}
    </>
  );
}
