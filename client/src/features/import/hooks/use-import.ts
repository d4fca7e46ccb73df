import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { newKey } from '@/api/resilient-fetch';
import type { ImportAccount } from '@/api/types';
import { ImportRefused, sendImport, type ImportOptions } from '../api/send-import';

export type ImportState =
  | { step: 'choose' }
  | { step: 'sending'; dryRun: boolean; sent: number }
  /** The dry run is done; `refused` when the file as it is would not be imported. */
  | { step: 'preview'; account: ImportAccount; refused: boolean }
  | { step: 'done'; account: ImportAccount }
  | { step: 'failed'; error: unknown; dryRun: boolean };

/** One import from the dry run to the end. */
export function useImport() {
  const client = useQueryClient();
  const [state, setState] = useState<ImportState>({ step: 'choose' });
  const abort = useRef<AbortController | null>(null);

  const send = async (file: File, options: ImportOptions, dryRun: boolean) => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setState({ step: 'sending', dryRun, sent: 0 });
    try {
      const account = await sendImport({
        file,
        options,
        dryRun,
        key: newKey(),
        signal: controller.signal,
        onProgress: (sent) => setState((state) => (state.step === 'sending' ? { ...state, sent } : state)),
      });
      setState(dryRun ? { step: 'preview', account, refused: false } : { step: 'done', account });
      if (!dryRun) await client.invalidateQueries();
    } catch (error) {
      if (controller.signal.aborted) return;
      setState(
        error instanceof ImportRefused
          ? { step: 'preview', account: error.account, refused: true }
          : { step: 'failed', error, dryRun },
      );
    }
  };

  return {
    state,
    check: (file: File, options: ImportOptions) => send(file, options, true),
    run: (file: File, options: ImportOptions) => send(file, options, false),
    reset: () => {
      abort.current?.abort();
      setState({ step: 'choose' });
    },
  };
}
